// The language client: one for all folders, started once the server is found.
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, State } from 'vscode-languageclient/node';
import type { DynamicFeature, StaticFeature } from 'vscode-languageclient/node';
import { Formatting } from './formatting';
import { findServer, NotThere, type Server } from './find';
import { withRelativeLinks } from './pages';
import { executable, trace, world } from './world';

/** What VS Code may run from a hover. */
const LINKS = ['byline.showSession'];
const EXECUTE = 'workspace/executeCommand';

/** A server that ends is started again, but not for ever. */
const OFTEN = 5;
const WITHIN = 180_000;
/** Milliseconds between two looks for a server that is not there. */
const AGAIN = 3_000;

/** The library registers the server's commands under their own names; ours are there before the server is. */
class Client extends LanguageClient {
  /** To the log: what the user needs to know is said once, in our words. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if ('registrationType' in feature && feature.registrationType.method === EXECUTE) return;
    super.registerFeature(feature as StaticFeature);
  }
}

export type Status = 'starting' | 'ready' | 'missing' | 'failed';

/** The server's life. `onReady` (its status is another) and `onChanged` (a document's URI) may fire many times. */
export class ServerLife implements vscode.Disposable {
  private client: Client | undefined;
  private turn: Promise<void> = Promise.resolve();
  private readonly formatting = new Formatting((document, before) => {
    this.log.debug(`formatted: ${document.uri.toString()}`);
    void this.client?.sendNotification('byline/formatted', { uri: document.uri.toString(), before });
  });
  private readonly ready = new vscode.EventEmitter<void>();
  private readonly changed = new vscode.EventEmitter<string>();
  private readonly lost = new vscode.EventEmitter<void>();
  private ends: number[] = [];
  private looking: NodeJS.Timeout | undefined;
  /** What could not be started, as it was on disk then. */
  private broken = '';
  readonly onReady = this.ready.event;
  /** A server cannot be had any more: `problem` says why. */
  readonly onLost = this.lost.event;
  readonly onChanged = this.changed.event;
  status: Status = 'starting';
  problem = '';

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Starts the server, or another one in its place. Never rejects. */
  restart(): Promise<void> {
    this.ends = [];
    return this.again();
  }

  private again(): Promise<void> {
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
    this.lost.dispose();
    clearInterval(this.looking);
    this.formatting.dispose();
    return this.stop();
  }

  private async begin(): Promise<void> {
    await this.stop();
    if (this.status !== 'ready') this.status = 'starting'; // one that is started again is as good as there
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
      if (this.client === client && newState === State.Stopped) this.ended();
    });
    this.client = client;
    this.broken = trace(server);
    try {
      await client.start();
    } catch (error) {
      if (this.client !== client) return;
      this.client = undefined;
      this.log.error(String(error));
      return this.fail(`byline's language server does not run: ${server.command}`);
    }
    this.become('ready');
  }

  /** It has ended by itself, or somebody killed it. */
  private ended(): void {
    if (!this.client) return;
    this.client = undefined;
    const now = Date.now();
    this.ends = [...this.ends.filter((at) => now - at < WITHIN), now];
    this.log.warn(`the server has ended, ${this.ends.length} times lately`);
    if (this.ends.length < OFTEN) setTimeout(() => void this.again(), this.ends.length > 2 ? 2000 : 100);
    else this.fail(`byline's language server has ended ${OFTEN} times in a short while`);
  }

  /** Looks now and then for a server that is not there, or that is another one now. Starts nothing to find out. */
  private async look(): Promise<void> {
    const here = { ...world(), interpreter: async () => undefined };
    const server = await findServer(here).catch(() => undefined);
    const troubled = this.status === 'missing' || this.status === 'failed';
    if (troubled && server && (this.status === 'missing' || trace(server) !== this.broken)) await this.restart();
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
    const before = this.status;
    this.status = status;
    const well = status === 'ready';
    if (well) this.problem = '';
    clearInterval(this.looking);
    this.looking = well ? undefined : setInterval(() => void this.look(), AGAIN);
    if (before === 'ready' && !well) this.lost.fire();
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
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
      },
      middleware: {
        provideTextDocumentContent: async (uri, token, next) => {
          const text = await next(uri, token);
          return typeof text === 'string' && uri.path.endsWith('.md') ? withRelativeLinks(text, uri.path) : text;
        },
        didSave: (document, next) => {
          this.formatting.saved(document);
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

/** A page: markdown rendered, all else, and where the markdown extension is switched off, as its text. */
async function page(uri: vscode.Uri): Promise<boolean> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const rendered = uri.path.endsWith('.md') && vscode.commands.executeCommand('markdown.showPreview', document.uri);
    await Promise.resolve(rendered || Promise.reject()).catch(() => vscode.window.showTextDocument(document, { preview: true }));
    return true;
  } catch {
    return false;
  }
}
