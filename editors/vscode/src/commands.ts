// The server's commands under the same names, with what VS Code knows filled in.
import * as vscode from 'vscode';
import type { Known } from './known';
import { clean, fileSessions, isAi, isReviewed, rangeAt } from './model';
import type { ServerLife } from './server';

/** In a clone of byline, as its README says. */
const INSTALL = 'pipx install .';

const UNTRUSTED = 'Byline reads nothing until you trust this workspace.';

interface Shown {
  shown: boolean;
  ai_lines: number;
  lines: number;
  agents: string[];
}

interface Reviewed {
  unreviewed: number | null;
}

export function registerCommands(server: ServerLife, known: Known, log: vscode.LogOutputChannel): vscode.Disposable {
  const run = async (command: string, args: unknown[]): Promise<unknown> => {
    if (!vscode.workspace.isTrusted && server.status === 'ready') {
      void vscode.window.showInformationMessage(UNTRUSTED);
      return undefined;
    }
    try {
      return await server.execute(command, args);
    } catch (error) {
      if (server.status === 'missing') await offerInstall(server);
      else void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const commands: Record<string, (...given: unknown[]) => Promise<unknown>> = {
    'byline.showAiLines': async (uri, wish) => {
      const args = [address(uri), ...(typeof wish === 'boolean' ? [wish] : [])];
      const told = (await run('byline.showAiLines', args)) as Shown | null | undefined;
      // colours are silent: say it as well
      if (told?.ai_lines) vscode.window.setStatusBarMessage(sentence(told), 4000);
      return told;
    },
    'byline.showSession': (session, line) =>
      // a session's id, or an address and a line; by hand: the cursor's line
      typeof session === 'string'
        ? run('byline.showSession', typeof line === 'number' ? [session, line] : [session])
        : run('byline.showSession', [address(session), cursor()]),
    'byline.showFileSessions': (uri) => run('byline.showFileSessions', [address(uri)]),
    'byline.correctOwner': (...given) => (given.length >= 4 ? run('byline.correctOwner', given) : correct(run, known)),
    'byline.markReviewed': async (...given) => {
      const told = (await run('byline.markReviewed', typeof given[0] === 'string' ? given : review(known))) as Reviewed | null | undefined;
      if (told) vscode.window.setStatusBarMessage(`byline: AI lines of this file that are unreviewed: ${told.unreviewed ?? 0}`, 4000);
      return told;
    },
    'byline.showChange': (uri, line) => run('byline.showChange', [address(uri), typeof line === 'number' ? line : cursor()]),
    'byline.copySessionId': (given, line) => copyId(given, line, known),
    'byline.restart': () => server.restart(),
    'byline.install': () => offerInstall(server),
    'byline.showLog': async () => log.show(),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, handler]) => vscode.commands.registerCommand(name, handler)),
  );
}

function address(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (given instanceof vscode.Uri) return given.toString();
  return vscode.window.activeTextEditor?.document.uri.toString();
}

const cursor = (): number => vscode.window.activeTextEditor?.selection.active.line ?? 0;

function sentence(told: Shown): string {
  const who = told.agents.map((agent) => clean(agent, 30)).join(', ');
  return told.shown ? `byline: ${told.ai_lines} of ${told.lines} lines are an agent's: ${who}` : 'byline: AI lines hidden';
}

/** The address and the selected lines, first and last, from 1. */
function selected(): unknown[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return [];
  const { start, end } = editor.selection;
  const last = end.line > start.line && end.character === 0 ? end.line - 1 : end.line;
  return [editor.document.uri.toString(), start.line + 1, last + 1];
}

/** The selected lines, and whether they are to be reviewed: not, where all of them are already. */
function review(known: Known): unknown[] {
  const lines = selected();
  const editor = vscode.window.activeTextEditor;
  const answer = editor && known.get(editor.document);
  if (!editor || !answer) return lines;
  const [first, last] = [Number(lines[1]) - 1, Number(lines[2]) - 1];
  const ai: number[] = [];
  for (const range of answer.ranges.filter(isAi)) {
    for (let line = Math.max(first, range.start); line <= last && line < range.end; line++) ai.push(line);
  }
  return [...lines, ai.length === 0 || ai.some((line) => !isReviewed(answer, line))];
}

/** A session's id to the clipboard: that of the tree's entry, of an address's line, or of the cursor's line. */
async function copyId(given: unknown, line: unknown, known: Known): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const answer = editor && known.get(editor.document);
  const entry = given && typeof given === 'object' && 'id' in given ? given.id : undefined;
  const number = typeof line === 'number' ? line : cursor();
  const id = typeof entry === 'string' ? entry : answer && rangeAt(answer.ranges, number)?.session_id;
  if (!id) {
    void vscode.window.showInformationMessage('byline: no session is known to have written this line');
    return;
  }
  await vscode.env.clipboard.writeText(id);
  vscode.window.setStatusBarMessage(`byline: copied ${clean(id)}`, 4000);
}

async function correct(run: (command: string, args: unknown[]) => Promise<unknown>, known: Known): Promise<unknown> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const [uri, first, last] = selected() as [string, number, number];
  const answer = known.get(editor.document);
  const picks: (vscode.QuickPickItem & { owner: string })[] = [
    { label: first === last ? '$(person) I wrote it' : '$(person) I wrote them', owner: 'human' },
    { label: '$(question) Nobody knows', owner: 'unknown' },
    { label: '$(discard) Take my correction back', owner: 'undo' },
    ...(answer ? fileSessions(answer) : []).map((session) => ({
      label: `$(hubot) ${session.agent}`,
      description: session.prompt ? clean(session.prompt) : session.id,
      owner: session.id,
    })),
  ];
  const title = first === last ? `Who wrote line ${last}?` : `Who wrote lines ${first} to ${last}?`;
  const pick = await vscode.window.showQuickPick(picks, { title, matchOnDescription: true });
  if (!pick) return undefined;
  return run('byline.correctOwner', [uri, first, last, pick.owner]);
}

/** One sentence about a server that was there and is not any more, with what can be done. */
export async function sayLost(server: ServerLife): Promise<void> {
  if (server.status === 'missing') return offerInstall(server);
  const [again, log, install] = ['Restart', 'Show Log', 'How to Install'] as const;
  const chosen = await vscode.window.showWarningMessage(server.problem, again, log, install);
  if (chosen === again) await server.restart();
  else if (chosen === log) await vscode.commands.executeCommand('byline.showLog');
  else if (chosen === install) await offerInstall(server);
}

/** Shows the command that installs byline. Running it is the user's doing. */
export async function offerInstall(server: ServerLife): Promise<void> {
  if (server.status === 'ready') {
    void vscode.window.showInformationMessage("Byline's language server is running.");
    return;
  }
  const [terminal, copy, setPath, again] = ['Type It in a Terminal', 'Copy It', 'Set Its Path…', 'Look Again'] as const;
  const message = `${server.problem || "byline's language server was not found"}. To install it, in a clone of byline: ${INSTALL}`;
  // a message cannot be taken away; when the server is back, it at least stands in nobody's way
  const back = server.onReady(() => {
    if (server.status === 'ready') void vscode.commands.executeCommand('notifications.hideToasts');
  });
  const chosen = await vscode.window.showWarningMessage(message, terminal, copy, setPath, again);
  back.dispose();
  if (chosen === terminal) {
    const shell = vscode.window.createTerminal('byline');
    shell.show();
    shell.sendText(INSTALL, false); // not executed: the user presses Enter, or not
  } else if (chosen === copy) {
    await vscode.env.clipboard.writeText(INSTALL);
  } else if (chosen === setPath) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'byline.path');
  } else if (chosen === again) {
    await server.restart();
  }
}
