// The writer of the line the cursor is on: in the status bar, and, if wanted, behind the line.
import * as vscode from 'vscode';
import type { Known } from './known';
import { isAi, isReviewed, label, rangeAt, spoken } from './model';
import type { ServerLife } from './server';

const ICONS = { session: '$(hubot)', human: '$(person)', unknown: '$(question)' };

export class Cursor implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('byline.writer', vscode.StatusBarAlignment.Right, 99);
  private readonly note = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3em', color: new vscode.ThemeColor('byline.note'), fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly parts: vscode.Disposable[] = [this.item, this.note];
  private timer: NodeJS.Timeout | undefined;
  private noted: vscode.TextEditor | undefined;

  constructor(
    private readonly server: ServerLife,
    private readonly known: Known,
  ) {
    this.item.name = 'Byline: Writer of the Line';
    this.parts.push(
      vscode.window.onDidChangeActiveTextEditor(() => this.moved()),
      vscode.window.onDidChangeTextEditorSelection((event) => {
        if (event.textEditor === vscode.window.activeTextEditor) this.moved();
      }),
      vscode.workspace.onDidChangeTextDocument(() => this.hide()),
      vscode.workspace.onDidChangeConfiguration(() => this.moved()),
      known.onAnswer(() => this.moved()),
      server.onReady(() => this.moved()),
    );
    this.moved();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const part of this.parts) part.dispose();
  }

  private moved(): void {
    this.status();
    this.hide();
    const settings = vscode.workspace.getConfiguration('byline.currentLine');
    if (settings.get('enabled', false)) this.timer = setTimeout(() => this.show(), settings.get('delay', 500));
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.noted?.setDecorations(this.note, []);
    this.noted = undefined;
  }

  private show(): void {
    const editor = vscode.window.activeTextEditor;
    const answer = editor && this.known.get(editor.document);
    if (!editor || !answer || !editor.selection.isEmpty || editor.selections.length > 1) return;
    const line = editor.selection.active.line;
    const range = rangeAt(answer.ranges, line);
    const labelled = answer.shown && range?.start === line && vscode.workspace.getConfiguration('byline').get('labels', true);
    if (!range || !isAi(range) || labelled) return;
    const end = editor.document.lineAt(line).range.end;
    editor.setDecorations(this.note, [
      { range: new vscode.Range(end, end), renderOptions: { after: { contentText: label(range, 60) } } },
    ]);
    this.noted = editor;
  }

  private status(): void {
    const wanted = vscode.workspace.getConfiguration('byline').get('statusBar.enabled', true);
    const editor = vscode.window.activeTextEditor;
    if (wanted && (this.server.status === 'missing' || this.server.status === 'failed')) {
      this.say('$(warning) byline', this.server.problem, 'byline.install');
      return;
    }
    const answer = wanted && editor ? this.known.get(editor.document) : undefined;
    const line = editor?.selection.active.line ?? 0;
    const range = answer && answer.summary.ai_lines > 0 ? rangeAt(answer.ranges, line) : undefined;
    if (!answer || !range) {
      this.item.hide();
      return;
    }
    const command = isAi(range) ? 'byline.showSession' : 'byline.showAiLines';
    const said = spoken(range, line, isAi(range) && isReviewed(answer, line));
    this.say(`${ICONS[range.owner]} ${label(range, 30)}`, `${said}\n${range.reason}`, command);
    this.item.accessibilityInformation = { label: said, role: 'button' };
  }

  private say(text: string, tooltip: string, command: string): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `${text.replace(/\$\([^)]*\)\s*/, '')}: ${tooltip}`, role: 'button' };
    this.item.command = command;
    this.item.show();
  }
}
