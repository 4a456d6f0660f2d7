import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findServer, NotThere, type World } from '../src/find';

const world = (more: Partial<World> & { files?: string[] } = {}): World => ({
  platform: 'linux', home: '/home/u', path: '/usr/bin:/opt/bin', setting: '', trusted: true, folders: ['/work'],
  executable: (file) => (more.files ?? []).includes(file), interpreter: async () => undefined, succeeds: async () => false, ...more,
});

test('the setting comes first, and is said to be wrong rather than passed over', async () => {
  const found = await findServer(world({ setting: '~/b/byline', files: ['/home/u/b/byline', '/usr/bin/byline'] }));
  assert.deepEqual(found, { command: '/home/u/b/byline', args: ['lsp', '--stdio'], from: 'setting' });
  await assert.rejects(findServer(world({ setting: '/no/byline', files: ['/usr/bin/byline'] })), NotThere);
  await assert.rejects(findServer(world({ setting: 'bin/byline', files: ['bin/byline'] })), NotThere);
});

test('then the PATH, never its relative entries', async () => {
  const found = await findServer(world({ path: '.:bin:/opt/bin', files: ['byline', 'bin/byline', '/opt/bin/byline'] }));
  assert.equal(found?.command, '/opt/bin/byline');
});

test('Windows has its own separators and programs', async () => {
  const found = await findServer(world({ platform: 'win32', path: 'C:\\a;D:\\b', files: ['D:\\b\\byline.exe', 'C:\\a\\byline'] }));
  assert.equal(found?.command, 'D:\\b\\byline.exe');
});

test('then the interpreter, if byline is in it', async () => {
  const python = { interpreter: async () => '/work/.venv/bin/python' };
  assert.equal(await findServer(world(python)), undefined);
  const found = await findServer(world({ ...python, succeeds: async () => true }));
  assert.equal(found?.command, '/work/.venv/bin/python');
  assert.deepEqual(found?.args.slice(-2), ['lsp', '--stdio']);
});

test('before the workspace is trusted nothing in it is run', async () => {
  let asked = false;
  const none = await findServer(world({
    trusted: false, path: '/work/bin', files: ['/work/bin/byline'], succeeds: async () => true,
    interpreter: async () => ((asked = true), '/work/.venv/bin/python'),
  }));
  assert.equal(none, undefined);
  assert.equal(asked, false);
  assert.equal((await findServer(world({ trusted: false, files: ['/opt/bin/byline'] })))?.command, '/opt/bin/byline');
});
