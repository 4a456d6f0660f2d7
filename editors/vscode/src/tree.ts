// The sessions that wrote lines of the active file, as a tree.
import * as vscode from 'vscode';
import type { Known } from './known';
import { clean, fileSessions, type Answer, type FileSession } from './model';
import { sessionColor } from './paint';

interface Run {
  uri: vscode.Uri;
  start: number;
  end: number;
}

type Node = FileSession | Run;

const isRun = (node: Node): node is Run => 'uri' in node;

export class SessionTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly event = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.event.event;
  private readonly parts: vscode.Disposable[];
  private readonly view: vscode.TreeView<Node>;

  constructor(private readonly known: Known) {
    this.view = vscode.window.createTreeView<Node>('byline.sessions', { treeDataProvider: this, showCollapseAll: true });
    this.parts = [
      this.view,
      this.event,
      vscode.window.onDidChangeActiveTextEditor(() => this.event.fire()),
      known.onAnswer((uri) => {
        if (uri === vscode.window.activeTextEditor?.document.uri.toString()) this.event.fire();
      }),
    ];
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }

  getChildren(node?: Node): Node[] {
    const document = vscode.window.activeTextEditor?.document;
    const answer = document && this.known.get(document);
    if (!node) {
      this.view.description = answer?.summary.ai_lines ? counted(answer) : '';
      return answer ? fileSessions(answer) : [];
    }
    if (isRun(node) || !document) return [];
    return [...node.children, ...node.runs.map((run) => ({ uri: document.uri, ...run }))];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return isRun(node) ? runItem(node) : sessionItem(node);
  }
}

function counted({ summary }: Answer): string {
  const unreviewed = summary.unreviewed == null ? '' : ` · ${summary.unreviewed} unreviewed`;
  return `${summary.ai_lines} of ${summary.lines} lines${unreviewed}`;
}

function sessionItem(session: FileSession): vscode.TreeItem {
  const item = new vscode.TreeItem(session.agent, vscode.TreeItemCollapsibleState.Collapsed);
  const lines = session.lines === 1 ? '1 line' : `${session.lines} lines`;
  const prompt = session.prompt ? ` · "${clean(session.prompt, 60)}"` : '';
  item.id = session.id;
  item.contextValue = 'session';
  item.description = lines + prompt;
  item.tooltip = `session ${clean(session.id)}\n${lines}${session.prompt ? `\n${clean(session.prompt, 400)}` : ''}`;
  const color = session.slot === undefined ? undefined : new vscode.ThemeColor(sessionColor(session.slot));
  item.iconPath = new vscode.ThemeIcon('hubot', color);
  item.command = { command: 'byline.showSession', title: 'Show Session', arguments: [session.id] };
  item.accessibilityInformation = { label: `${session.agent}, ${lines}${prompt}` };
  return item;
}

function runItem(run: Run): vscode.TreeItem {
  const one = run.end - run.start === 1;
  const item = new vscode.TreeItem(one ? `line ${run.start + 1}` : `lines ${run.start + 1}–${run.end}`);
  const selection = new vscode.Range(run.start, 0, run.start, 0);
  item.command = { command: 'vscode.open', title: 'Go to the Lines', arguments: [run.uri, { selection }] };
  return item;
}
