// Stripes, marks in the overview ruler, the tint and the labels of AI lines.
import * as vscode from 'vscode';
import type { Known } from './known';
import { COLORS, gutterMark, isAi, isReviewed, label, slots, type Answer, type Range } from './model';

export type Kind = 'light' | 'dark' | 'highContrast' | 'highContrastLight';

interface ContributedColor {
  id: string;
  defaults: Record<Kind, string>;
}

export class Paint implements vscode.Disposable {
  private readonly types = new Map<string, vscode.TextEditorDecorationType>();
  private labels = labelType();
  private readonly parts: vscode.Disposable[] = [];

  constructor(
    private readonly known: Known,
    private readonly colors: readonly ContributedColor[],
  ) {
    this.parts.push(
      known.onAnswer((uri) => this.draw(uri)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
      vscode.window.onDidChangeActiveColorTheme(() => this.again()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('byline') || event.affectsConfiguration('workbench.colorCustomizations')) this.again();
      }),
    );
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
    this.clear();
    this.labels.dispose();
  }

  private again(): void {
    this.clear();
    this.labels.dispose();
    this.labels = labelType();
    this.draw();
  }

  private clear(): void {
    for (const type of this.types.values()) type.dispose();
    this.types.clear();
  }

  private draw(uri?: string): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (uri === undefined || editor.document.uri.toString() === uri) this.drawEditor(editor, this.known.get(editor.document));
    }
  }

  private drawEditor(editor: vscode.TextEditor, answer: Answer | undefined): void {
    const settings = vscode.workspace.getConfiguration('byline', editor.document);
    const gutter = settings.get<string>('gutter', 'shown');
    const shown = answer?.shown ?? false;
    const stripe = gutter === 'always' || (gutter === 'shown' && shown);
    const tint = shown && settings.get('lineTint', true);
    const wanted = new Map<string, vscode.Range[]>();
    const said: vscode.DecorationOptions[] = [];
    const last = editor.document.lineCount;
    const slot = slots(answer?.ranges ?? []);
    let before: Range | undefined;
    let told = false; // whether the label of this run stands already
    for (const range of answer?.ranges ?? []) {
      const end = Math.min(range.end, last);
      if (!answer || !isAi(range) || range.start >= end || !(stripe || tint || shown)) continue;
      const goesOn = before?.end === range.start && before.session_id === range.session_id && before.prompt === range.prompt;
      before = range;
      const style = `${slot.get(range.session_id ?? '') ?? 0}:${stripe}:${tint}`;
      for (const [from, to, mark] of pieces(answer, range, end, !goesOn)) {
        const key = `${style}:${stripe ? mark : ''}`;
        const lines = new vscode.Range(from, 0, to - 1, Number.MAX_SAFE_INTEGER);
        const known = wanted.get(key) ?? [];
        known.push(editor.document.validateRange(lines));
        wanted.set(key, known);
      }
      if (!goesOn) told = false;
      const line = told ? undefined : written(editor.document, range.start, end);
      if (shown && line !== undefined && settings.get('labels', true)) {
        told = true;
        const position = editor.document.lineAt(line).range.end;
        const reviewed = isReviewed(answer, line) ? ' · ✓ reviewed' : '';
        said.push({
          range: new vscode.Range(position, position),
          renderOptions: { after: { contentText: label(range, 50) + reviewed } },
        });
      }
    }
    for (const key of wanted.keys()) if (!this.types.has(key)) this.types.set(key, this.make(key));
    for (const [key, type] of this.types) editor.setDecorations(type, wanted.get(key) ?? []);
    editor.setDecorations(this.labels, said);
  }

  private make(key: string): vscode.TextEditorDecorationType {
    const [slotText, stripe, tint, mark] = key.split(':');
    const slot = Number(slotText);
    const id = sessionColor(slot);
    return vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      ...(tint === 'true' && { backgroundColor: new vscode.ThemeColor('byline.lineBackground') }),
      ...(stripe === 'true' && {
        gutterIconPath: stripeImage(this.literal(id), slot >= COLORS, mark ?? ''),
        gutterIconSize: '100% 100%',
        overviewRulerColor: new vscode.ThemeColor(id),
        overviewRulerLane: vscode.OverviewRulerLane.Center,
      }),
    });
  }

  /** A gutter image takes no theme colour: the user's own choice, else our default for this kind of theme. */
  private literal(id: string): string {
    const chosen = vscode.workspace.getConfiguration('workbench').get<Record<string, unknown>>('colorCustomizations', {})[id];
    if (typeof chosen === 'string' && /^#[0-9a-f]{3,8}$/i.test(chosen)) return chosen;
    return this.colors.find((color) => color.id === id)?.defaults[themeKind()] ?? '#888888';
  }
}

export const sessionColor = (slot: number): string => `byline.session${(slot % COLORS) + 1}`;

function themeKind(): Kind {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return 'light';
    case vscode.ColorThemeKind.HighContrast:
      return 'highContrast';
    case vscode.ColorThemeKind.HighContrastLight:
      return 'highContrastLight';
    default:
      return 'dark';
  }
}

/** The first line of a range that is not blank. */
function written(document: vscode.TextDocument, start: number, end: number): number | undefined {
  for (let line = start; line < end; line++) if (!document.lineAt(line).isEmptyOrWhitespace) return line;
  return undefined;
}

/** The lines of a range in pieces that have the same mark: first, the one after the last, the mark. */
function pieces(answer: Answer, range: Range, end: number, first: boolean): [number, number, string][] {
  const found: [number, number, string][] = [];
  for (let line = range.start; line < end; line++) {
    const mark = gutterMark(answer, range, line, first && line === range.start);
    const piece = found.at(-1);
    if (piece && piece[2] === '' && mark === '') piece[1] = line + 1;
    else found.push([line, line + 1, mark]);
  }
  return found;
}

/** A stripe, whole or in dashes, and beside it letters or a tick. */
function stripeImage(color: string, dashed: boolean, mark: string): vscode.Uri {
  const height = dashed ? 11 : 18;
  const tick = '<path d="M1 10l3 3.5 5-8" fill="none" stroke-width="1.8"/>';
  const look = 'font-family="sans-serif" font-size="10" font-weight="bold" lengthAdjust="spacingAndGlyphs"';
  const letters = `<text x="0.5" y="13" textLength="${5 * mark.length}" ${look}>${mark}</text>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18" preserveAspectRatio="none"><g fill="${color}" stroke="none">` +
    `<rect x="12" width="4" height="${height}"/>${mark === '✓' ? `<g stroke="${color}">${tick}</g>` : mark ? letters : ''}</g></svg>`;
  return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}

function labelType(): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    after: { margin: '0 0 0 2em', color: new vscode.ThemeColor('byline.note'), fontStyle: 'italic' },
  });
}
