// The language client: one for all folders, started once the server is found.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, State } from 'vscode-languageclient/node';
import type { DynamicFeature, StaticFeature } from 'vscode-languageclient/node';
import { Formatting } from './formatting';
import { findServer, NotThere, type Server } from './find';

/** What VS Code may run from a hover. */
const LINKS = ['byline.showSession'];
const EXECUTE = 'workspace/executeCommand';

/** The library registers the server's commands under their own names; ours are there before the server is. */
class Client extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if ('registrationType' in feature && feature.registrationType.method === EXECUTE) return;
    super.registerFeature(feature as StaticFeature);
  }
}

export type Status = 'starting' | 'ready' | 'missing' | 'failed';

/** The server's life. `onReady` and `onChanged` (a document's URI) may fire many times. */
export class ServerLife implements vscode.Disposable {
  private client: Client | undefined;
  private turn: Promise<void> = Promise.resolve();
  private readonly formatting = new Formatting();
  private readonly ready = new vscode.EventEmitter<void>();
  private readonly changed = new vscode.EventEmitter<string>();
  readonly onReady = this.ready.event;
  readonly onChanged = this.changed.event;
  status: Status = 'starting';
  problem = '';

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Starts the server, or another one in its place. Never rejects. */
  restart(): Promise<void> {
    this.turn = this.turn.then(() => this.begin()).catch((error: unknown) => this.fail(String(error)));
    return this.turn;
  }

  /** A request; undefined where no server answers. */
  async ask<T>(method: string, params: unknown): Promise<T | undefined> {
    if (!this.client?.isRunning()) return undefined;
    try {
      return await this.client.sendRequest<T>(method, params);
    } catch (error) {
      this.log.debug(`${method}: ${String(error)}`);
      return undefined;
    }
  }

  /** Runs a command on the server. Rejects where there is none. */
  async execute(command: string, args: unknown[]): Promise<unknown> {
    await this.turn;
    if (!this.client?.isRunning()) throw new Error(this.problem || "byline's language server is not running");
    return this.client.sendRequest(EXECUTE, { command, arguments: args });
  }

  /** The workspace is trusted now. */
  async trust(): Promise<void> {
    if (this.client?.isRunning()) {
      await this.client.sendNotification('workspace/didChangeConfiguration', { settings: { byline: { trusted: true } } });
    } else {
      await this.restart();
    }
  }

  dispose(): Promise<void> {
    this.ready.dispose();
    this.changed.dispose();
    this.formatting.dispose();
    return this.stop();
  }

  private async begin(): Promise<void> {
    await this.stop();
    this.status = 'starting';
    let server: Server | undefined;
    try {
      server = await findServer(world());
    } catch (error) {
      if (!(error instanceof NotThere)) throw error;
      return this.fail(error.message);
    }
    if (!server) {
      this.problem = "byline's language server was not found";
      return this.become('missing');
    }
    this.log.info(`server (${server.from}): ${server.command} ${server.args.join(' ')}`);
    const client = new Client('byline', 'Byline', executable(server), this.options());
    client.onNotification('byline/changed', (given: { uri: string }) => this.changed.fire(given.uri));
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) return;
      if (newState === State.Running) this.become('ready');
      else if (newState === State.Stopped) this.fail("byline's language server has stopped");
    });
    this.client = client;
    await client.start();
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose(2000).catch((error: unknown) => this.log.warn(String(error)));
  }

  private fail(problem: string): void {
    this.problem = problem;
    this.log.error(problem);
    this.become('failed');
  }

  private become(status: Status): void {
    this.status = status;
    if (status === 'ready') this.problem = '';
    void vscode.commands.executeCommand('setContext', 'byline.state', status);
    this.ready.fire();
  }

  private options(): ConstructorParameters<typeof LanguageClient>[3] {
    const ours = (): object => ({ draws: true, commandLinks: true, trusted: vscode.workspace.isTrusted });
    const settings = vscode.workspace.getConfiguration('byline');
    return {
      documentSelector: [{ scheme: 'file' }],
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      markdown: { isTrusted: { enabledCommands: LINKS }, supportHtml: false },
      initializationOptions: {
        hover: settings.get('hover'),
        codeLens: settings.get('codeLens'),
        recordSaves: settings.get('recordSaves'),
        diagnostics: settings.get('diagnostics'),
        ...ours(),
      },
      initializationFailedHandler: (error) => {
        this.fail(String(error));
        return false;
      },
      middleware: {
        didSave: async (document, next) => {
          const before = this.formatting.take(document);
          if (before !== undefined) {
            this.log.debug(`formatted while saving: ${document.uri.toString()}`);
            await this.client?.sendNotification('byline/formatted', { uri: document.uri.toString(), before });
          }
          return next(document);
        },
        workspace: {
          configuration: async (params, token, next) => {
            const found = await next(params, token);
            if (!Array.isArray(found)) return found;
            return params.items.map((item, index) => {
              const value: unknown = found[index];
              const isOurs = item.section === 'byline' && value !== null && typeof value === 'object';
              return isOurs ? { ...value, ...ours() } : value;
            });
          },
        },
        window: {
          showDocument: async (params, token, next) => {
            const uri = vscode.Uri.parse(params.uri);
            if (uri.scheme !== 'byline') return next(params, token);
            return { success: await page(uri) };
          },
        },
      },
    };
  }
}

/** A page, rendered; where the markdown extension is switched off, as its text. */
async function page(uri: vscode.Uri): Promise<boolean> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', document.uri);
    } catch {
      await vscode.window.showTextDocument(document, { preview: true });
    }
    return true;
  } catch {
    return false;
  }
}

function executable(server: Server): { command: string; args: string[]; options: { cwd: string } } {
  // no `transport`: with one the library adds a second --stdio. At home, so that no workspace is on Python's path
  return { command: server.command, args: server.args, options: { cwd: os.homedir() } };
}

function world(): Parameters<typeof findServer>[0] {
  return {
    platform: process.platform,
    home: os.homedir(),
    path: process.env['PATH'] ?? process.env['Path'] ?? '',
    setting: vscode.workspace.getConfiguration('byline').get('path', ''),
    trusted: vscode.workspace.isTrusted,
    folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    executable: (file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    },
    interpreter,
    succeeds: (command, args) =>
      new Promise((resolve) => {
        execFile(command, args, { timeout: 15000, cwd: os.homedir(), windowsHide: true }, (error) => resolve(!error));
      }),
  };
}

interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

async function interpreter(): Promise<string | undefined> {
  const python = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (!python) return undefined;
  try {
    const { environments } = await python.activate();
    const active = environments?.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
    return active && (await environments?.resolveEnvironment(active))?.executable.uri?.fsPath;
  } catch {
    return undefined;
  }
}
