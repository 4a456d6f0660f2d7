// Formatters that run while a file is saved: what they make of a line is nobody's writing. VS Code says nothing of them,
// but they change the document right before it is saved, and leave its words as they are.
import * as vscode from 'vscode';
import { sameWords } from './model';

/** Milliseconds: nobody types a key and saves that fast, a formatter's edits and the save follow each other at once. */
const AT_ONCE = 100;
const LARGEST = 2_000_000;

interface Followed {
  text: string;
  /** The text before the changes that came at once, one after the other, and when the last of them came. */
  before: string;
  at: number;
  formatted?: string;
}

export class Formatting implements vscode.Disposable {
  private readonly followed = new Map<vscode.TextDocument, Followed>();
  private readonly parts: vscode.Disposable[] = [
    vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.follow(editor.document)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const known = contentChanges.length > 0 ? this.follow(document) : undefined;
      if (!known) return;
      const now = Date.now();
      if (now - known.at > AT_ONCE) known.before = known.text;
      known.at = now;
      known.text = document.getText();
    }),
    vscode.workspace.onWillSaveTextDocument(({ document }) => {
      const known = this.followed.get(document);
      if (!known) return;
      const { before, text, at } = known;
      const formatted = Date.now() - at <= AT_ONCE && before !== text && sameWords(before, text);
      known.formatted = formatted && formatsOnSave(document) ? before : undefined;
    }),
    vscode.workspace.onDidCloseTextDocument((document) => this.followed.delete(document)),
  ];

  constructor() {
    if (vscode.window.activeTextEditor) this.follow(vscode.window.activeTextEditor.document);
  }

  /** The text before a formatter changed it for the save that has just ended; undefined where none did. */
  take(document: vscode.TextDocument): string | undefined {
    const known = this.followed.get(document);
    const before = known?.formatted;
    if (known) known.formatted = undefined;
    return before;
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }

  /** What is known of a document; nothing of its text before the first look at it. */
  private follow(document: vscode.TextDocument): Followed | undefined {
    const known = this.followed.get(document);
    if (known || document.uri.scheme !== 'file' || !formatsOnSave(document)) return known;
    const text = document.getText();
    if (text.length <= LARGEST) this.followed.set(document, { text, before: text, at: 0 });
    return this.followed.get(document);
  }
}

function formatsOnSave(document: vscode.TextDocument): boolean {
  return vscode.workspace.getConfiguration('editor', document).get('formatOnSave', false);
}
