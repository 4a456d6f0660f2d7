// Formatters: what they make of a line is nobody's writing. VS Code does not say that one has run, but it shows. The
// words stay, and either the file is being saved right then, or lines change where nobody is typing.
import * as vscode from 'vscode';
import { sameWords } from './model';

/** Milliseconds: nobody types a key and saves that fast, a formatter's edits and the save follow each other at once. */
const AT_ONCE = 100;
const LARGEST = 2_000_000;

interface Followed {
  /** The text before the changes that come at once, one after the other. */
  before: string;
  /** Whether one of them was none that a person makes where the cursor is. */
  away: boolean;
  /** Whether one of them took something back, or brought it back. */
  undone: boolean;
  /** Set while changes may still come. */
  timer?: NodeJS.Timeout | undefined;
}

/** Follows the open files. `tell` gets a document in which a formatter has just run, and its text before that. */
export class Formatting implements vscode.Disposable {
  private readonly followed = new Map<vscode.TextDocument, Followed>();
  private readonly parts: vscode.Disposable[] = [
    vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.follow(editor.document)),
    vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
    vscode.workspace.onWillSaveTextDocument(({ document }) => this.look(document, formatsOnSave(document))),
    vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
  ];

  constructor(private readonly tell: (document: vscode.TextDocument, before: string) => void) {
    if (vscode.window.activeTextEditor) this.follow(vscode.window.activeTextEditor.document);
  }

  /** The file has been written: what changed since it was about to be is the work of others that save along. */
  saved(document: vscode.TextDocument): void {
    this.look(document, true);
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
    for (const document of [...this.followed.keys()]) this.forget(document);
  }

  private changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const known = this.followed.get(document);
    if (contentChanges.length === 0) return;
    if (!known) {
      this.follow(document); // nothing is known of the text before the first look at it
      return;
    }
    known.undone ||= reason !== undefined;
    known.away ||= !byHand(document, contentChanges);
    clearTimeout(known.timer);
    known.timer = setTimeout(() => this.look(document, false), AT_ONCE);
  }

  /** After changes that came at once. `saving`: the file is about to be written, by now every formatter has run. */
  private look(document: vscode.TextDocument, saving: boolean): void {
    const known = this.followed.get(document);
    if (!known?.timer) return; // nothing has changed
    const { before, away, undone } = known;
    this.forget(document);
    this.follow(document);
    // a document that is not dirty was loaded from disk
    if (undone || !(saving || (away && document.isDirty))) return;
    const text = document.getText();
    if (before !== text && sameWords(before, text)) this.tell(document, before);
  }

  private follow(document: vscode.TextDocument): void {
    if (this.followed.has(document) || document.uri.scheme !== 'file') return;
    const before = document.getText();
    if (before.length <= LARGEST) this.followed.set(document, { before, away: false, undone: false });
  }

  private forget(document: vscode.TextDocument): void {
    clearTimeout(this.followed.get(document)?.timer);
    this.followed.delete(document);
  }
}

/**
 * One or two changes a cursor (a key may also clean up the line it leaves), on its line, next to it, or in what is
 * selected. The cursor is still where it was before the changes.
 */
function byHand(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): boolean {
  const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
  return editors.some(({ selections }) => {
    const selected = selections.reduce((count, { start, end }) => count + end.line - start.line + 1, 0);
    const near = ({ range }: vscode.TextDocumentContentChangeEvent): boolean =>
      selections.some(({ start, end }) => range.start.line >= start.line - 1 && range.end.line <= end.line + 1);
    return changes.length <= 2 * selected && changes.every(near);
  });
}

function formatsOnSave(document: vscode.TextDocument): boolean {
  const settings = vscode.workspace.getConfiguration('editor', document);
  return settings.get('formatOnSave', false) || Object.keys(settings.get('codeActionsOnSave', {})).length > 0;
}
