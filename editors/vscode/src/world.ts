// The machine that the extension runs on: what `find` asks of it.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Server, World } from './find';

/** How to start it. */
export function executable(server: Server): { command: string; args: string[]; options: { cwd: string } } {
  // no `transport`: with one the library adds a second --stdio. At home, so that no workspace is on Python's path
  return { command: server.command, args: server.args, options: { cwd: os.homedir() } };
}

/** A program as it is on disk: its file, and the interpreter that a script names. */
export function trace(server: Server): string {
  const stamp = (file: string): string => {
    try {
      const { ino, mtimeMs } = fs.statSync(file);
      return `${file} ${ino} ${mtimeMs}`;
    } catch {
      return `no ${file}`;
    }
  };
  let first = '';
  try {
    first = /^#!\s*(\S+)/.exec(fs.readFileSync(server.command, 'latin1').slice(0, 300))?.[1] ?? '';
  } catch {
    // no file that can be read
  }
  return `${stamp(server.command)} ${first && stamp(first)}`;
}

export function world(): World {
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
    onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
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

/** Calls back when another interpreter is chosen in the Python extension. */
export async function onInterpreter(changed: () => void): Promise<vscode.Disposable | undefined> {
  const python = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  try {
    return (await python?.activate())?.environments?.onDidChangeActiveEnvironmentPath?.(changed);
  } catch {
    return undefined;
  }
}
