// What is known of the visible files. Asked again a moment after each change; an answer for an older text is dropped.
import * as vscode from 'vscode';
import type { Answer } from './model';
import type { ServerLife } from './server';

const PAUSE = 100;

export class Known implements vscode.Disposable {
  private readonly answers = new Map<string, Answer>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly parts: vscode.Disposable[] = [];
  /** Files whose AI lines are shown; those that a new server has yet to be told of. */
  private readonly shown = new Set<string>();
  private readonly untold = new Set<string>();
  private readonly event = new vscode.EventEmitter<string>();
  /** Fires with a document's URI. */
  readonly onAnswer = this.event.event;

  constructor(private readonly server: ServerLife) {
    this.parts.push(
      server.onChanged((uri) => this.soon(uri, 0)),
      server.onReady(() => void this.started()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.all()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.soon(document.uri.toString(), PAUSE);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri.toString())),
    );
    this.all();
  }

  get(document: vscode.TextDocument): Answer | undefined {
    return this.answers.get(document.uri.toString());
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.event.dispose();
  }

  /** The server's status is another. A new one knows nothing of what is shown. */
  private async started(): Promise<void> {
    if (this.server.status === 'ready') {
      for (const uri of this.shown) this.untold.add(uri);
      const told = [...this.untold].map((uri) => this.server.execute('byline.showAiLines', [uri, true]));
      await Promise.allSettled(told);
      this.untold.clear();
    }
    this.all();
  }

  private all(): void {
    if (this.server.status === 'starting') return; // what is on the screen stays until it is known better
    if (this.server.status !== 'ready') {
      const known = [...this.answers.keys()];
      this.answers.clear();
      for (const uri of known) this.event.fire(uri);
      return;
    }
    for (const editor of vscode.window.visibleTextEditors) this.soon(editor.document.uri.toString(), 0);
  }

  private soon(uri: string, pause: number): void {
    const document = visible(uri);
    if (!document || document.uri.scheme !== 'file') return;
    clearTimeout(this.timers.get(uri));
    this.timers.set(uri, setTimeout(() => void this.ask(uri, document), pause));
  }

  private async ask(uri: string, document: vscode.TextDocument): Promise<void> {
    this.timers.delete(uri);
    const version = document.version;
    const answer = await this.server.ask<Answer | null>('byline/attribution', { uri });
    if (!answer || document.isClosed || document.version !== version) return; // a newer change asks by itself
    if (this.untold.has(uri) && !answer.shown) return;
    if (answer.shown) this.shown.add(uri);
    else this.shown.delete(uri);
    this.answers.set(uri, answer);
    this.event.fire(uri);
  }

  private forget(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.answers.delete(uri);
    this.shown.delete(uri);
  }
}

function visible(uri: string): vscode.TextDocument | undefined {
  return vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri)?.document;
}
