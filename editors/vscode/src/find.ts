// Where the server is. Nothing here knows VS Code; all that differs between machines comes in.
import * as path from 'node:path';

export interface World {
  platform: NodeJS.Platform;
  home: string;
  /** The value of PATH. */
  path: string;
  /** The setting `byline.path`. */
  setting: string;
  trusted: boolean;
  /** The folders of the workspace. */
  folders: string[];
  executable(file: string): boolean;
  /** The interpreter that the Python extension uses, if it is there. */
  interpreter(): Promise<string | undefined>;
  /** Whether a program ends with 0. */
  succeeds(command: string, args: string[]): Promise<boolean>;
}

export interface Server {
  command: string;
  args: string[];
  from: 'setting' | 'path' | 'interpreter';
}

export class NotThere extends Error {}

/** `-P`: the folder it runs in is no source of modules. */
const MODULE = ['-P', '-c', 'import sys; from byline.cli.main import main; sys.exit(main())'];
const ARGS = ['lsp', '--stdio'];

/** The server to start; undefined where there is none. NotThere when the setting names no program. */
export async function findServer(world: World): Promise<Server | undefined> {
  const setting = world.setting.trim();
  if (setting) {
    const file = expand(setting, world);
    if (!flavour(world).isAbsolute(file)) throw new NotThere(`byline.path must be an absolute path, not ${setting}`);
    if (!world.executable(file)) throw new NotThere(`byline.path: there is no program at ${file}`);
    return { command: file, args: ARGS, from: 'setting' };
  }
  const onPath = search(world);
  if (onPath) return { command: onPath, args: ARGS, from: 'path' };
  // an interpreter can lie in the workspace: nothing to start before that is trusted
  if (!world.trusted) return undefined;
  const python = await world.interpreter();
  if (python && (await world.succeeds(python, ['-P', '-c', 'import byline.server.app']))) {
    return { command: python, args: [...MODULE, ...ARGS], from: 'interpreter' };
  }
  return undefined;
}

function search(world: World): string | undefined {
  const paths = flavour(world);
  const names = world.platform === 'win32' ? ['byline.exe'] : ['byline'];
  for (const folder of world.path.split(paths.delimiter)) {
    // relative entries mean the current folder, which may be anybody's
    if (!paths.isAbsolute(folder) || (!world.trusted && inside(folder, world))) continue;
    for (const name of names) {
      const file = paths.join(folder, name);
      if (world.executable(file)) return file;
    }
  }
  return undefined;
}

function inside(folder: string, world: World): boolean {
  const paths = flavour(world);
  return world.folders.some((root) => {
    const way = paths.relative(root, folder);
    return way === '' || (!way.startsWith('..') && !paths.isAbsolute(way));
  });
}

function expand(setting: string, world: World): string {
  return /^~[\\/]/.test(setting) ? flavour(world).join(world.home, setting.slice(2)) : setting;
}

const flavour = (world: World): path.PlatformPath => (world.platform === 'win32' ? path.win32 : path.posix);
