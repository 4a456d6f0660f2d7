// Byline in VS Code: the language client, and what only this editor can draw.
import * as vscode from 'vscode';
import { offerInstall, registerCommands, sayLost } from './commands';
import { Cursor } from './cursor';
import { Known } from './known';
import { Paint } from './paint';
import { ServerLife } from './server';
import { SessionTree } from './tree';
import { onInterpreter } from './world';

const OFFERED = 'offeredInstall';

let server: ServerLife | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Byline', { log: true });
  const life = (server = new ServerLife(log));
  const known = new Known(life);
  const colors = context.extension.packageJSON.contributes.colors;
  context.subscriptions.push(
    log,
    known,
    new Paint(known, colors),
    new Cursor(life, known),
    new SessionTree(known),
    registerCommands(life, known, log),
    vscode.workspace.onDidGrantWorkspaceTrust(() => life.trust()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('byline.path')) void life.restart();
    }),
    life.onLost(() => void sayLost(life)),
  );
  void onInterpreter(() => life.status !== 'ready' && void life.restart()).then(
    (watch) => watch && context.subscriptions.push(watch),
  );
  await life.restart();
  if (life.status === 'failed') void sayLost(life);
  if (life.status === 'missing' && !context.globalState.get(OFFERED)) {
    await context.globalState.update(OFFERED, true); // once; the status bar goes on saying it
    void offerInstall(life);
  }
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
}
