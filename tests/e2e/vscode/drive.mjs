// A real VS Code in a headless Chromium, told what to do by JSON lines on standard input, one answer a line on standard
// output: `{"do": NAME, ...}` -> `{"ok": true, "value": ...}` or `{"ok": false, "error": ...}`. Only what a person could
// do or see: keys, mouse, and what the page shows. `window.py` starts it; the one argument is a JSON configuration.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const config = JSON.parse(process.argv[2]);
const { chromium } = createRequire(path.join(config.editors, 'playwright/package.json'))('playwright-core');
const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const LOOPBACK = /^(https?|wss?):\/\/(127\.0\.0\.1|localhost|[a-z0-9.-]*\.localhost)[:/]|^(data|blob|vscode-)/;

let server, browser, page;

async function freePort() {
  const socket = net.createServer();
  await new Promise((done) => socket.listen(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise((done) => socket.close(done));
  return port;
}

async function start() {
  const port = await freePort();
  const log = fs.openSync(path.join(config.out, 'code-server.log'), 'w');
  const trust = config.trust ? [] : ['--disable-workspace-trust'];
  const options = ['--config', config.yaml, '--user-data-dir', config.user, '--extensions-dir', config.extensions];
  server = spawn(process.execPath, [config.entry, ...options, ...trust, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none',
    '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    { stdio: ['ignore', log, log], detached: true });
  for (let tries = 0; ; tries++) {
    if (await fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false)) break;
    if (tries > 300) throw new Error('code-server did not start; see code-server.log');
    await sleep(200);
  }
  browser = await chromium.launch({ executablePath: config.chromium, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  page = await browser.newPage({ viewport: { width: config.width, height: config.height }, deviceScaleFactor: config.scale });
  await page.route('**/*', (route) => (LOOPBACK.test(route.request().url()) ? route.continue() : route.abort()));
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(config.folder)}`);
  await page.waitForSelector('.monaco-workbench .statusbar', { timeout: 60000 });
}

/** Everything of ours that is on the screen. */
const look = () => page.evaluate(() => {
  const shown = (list) => [...document.querySelectorAll(list)];
  const words = (element) => element.innerText.replace(/\u00a0/g, ' ').trim();
  const editor = document.querySelector('.editor-group-container.active .monaco-editor') ?? document;
  const at = (element) => Math.round(element.getBoundingClientRect().top);
  const lines = [...editor.querySelectorAll('.margin .line-numbers')].map((number) => {
    const top = at(number);
    const same = (list) => [...editor.querySelectorAll(list)].filter((element) => Math.abs(at(element) - top) < 3);
    const after = same('.view-line').flatMap((line) => [...line.querySelectorAll('span')])
      .map((span) => getComputedStyle(span, '::after').content).filter((text) => text && text !== 'none' && text !== 'normal');
    const tints = same('.view-overlays .cdr').filter((element) => /ced-/.test(element.className))
      .map((element) => getComputedStyle(element).backgroundColor).filter((color) => !/rgba\(0, 0, 0, 0\)/.test(color));
    const stripes = same('.glyph-margin-widgets .cgmr').map((element) => getComputedStyle(element).backgroundImage)
      .filter((image) => image.includes('svg+xml')).map((image) => atob(image.split('base64,')[1].split('"')[0]));
    return { number: Number(words(number)), text: same('.view-line').map(words).join(''), note: after.join(' '),
      tint: tints[0] ?? null, stripe: stripes[0] ?? null };
  }).filter((line) => line.number).sort((a, b) => a.number - b.number);
  const writer = document.getElementById('byline.byline.byline.writer') ?? shown('.statusbar-item[id*="byline.writer"]')[0];
  return {
    lines,
    lenses: shown('.codelens-decoration').map(words),
    hover: shown('.monaco-hover:not(.hidden) .hover-contents').map(words).filter(Boolean).join('\n'),
    links: shown('.monaco-hover:not(.hidden) a').map((link) => [words(link), link.dataset.href || link.href]),
    messages: shown('.notification-list-item-message').map(words),
    buttons: shown('.notification-list-item .monaco-button').map(words),
    writer: writer ? words(writer) : '',
    writerLabel: writer?.querySelector('a')?.getAttribute('aria-label') ?? writer?.getAttribute('aria-label') ?? '',
    status: shown('.statusbar-item').map(words).filter(Boolean),
    tree: shown('.pane-body .monaco-list-row').map((row) => row.getAttribute('aria-label') ?? words(row)),
    tabs: shown('.tabs-container .tab').map((tab) => tab.getAttribute('aria-label') ?? words(tab)),
    picks: shown('.quick-input-list .monaco-list-row').map((row) => row.getAttribute('aria-label') ?? words(row)),
    terminal: shown('.terminal-wrapper').length,
    dirty: shown('.tab.dirty').length > 0,
  };
});

async function row(number) {
  const place = await page.evaluate((wanted) => {
    const editor = document.querySelector('.editor-group-container.active .monaco-editor');
    const found = [...editor.querySelectorAll('.margin .line-numbers')].find((line) => line.innerText.trim() === String(wanted));
    if (!found) return null;
    const box = found.getBoundingClientRect();
    return { x: editor.querySelector('.view-lines').getBoundingClientRect().left, y: box.top + box.height / 2 };
  }, number);
  if (!place) throw new Error(`line ${number} is not on the screen`);
  return place;
}

const actions = {
  look,
  async open({ name }) {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').first().fill(name);
    await page.waitForSelector('.quick-input-list .monaco-list-row');
    await sleep(400);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.editor-group-container.active .monaco-editor .view-line', { timeout: 30000 });
  },
  async command({ title }) {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').first().fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor({ timeout: 10000 });
    await sleep(300);
    await page.keyboard.press('Enter');
  },
  async keys({ keys }) {
    for (const key of keys) await page.keyboard.press(key);
  },
  async type({ text }) {
    await page.keyboard.type(text, { delay: 5 });
  },
  async cursor({ line, end = false }) {
    const { x, y } = await row(line);
    await page.mouse.click(x + 2, y);
    await page.keyboard.press(end ? 'End' : 'Home');
  },
  async hover({ line, dx = 12 }) {
    await page.mouse.move(5, 5);
    const { x, y } = await row(line);
    await page.mouse.move(x + dx, y);
    await page.mouse.move(x + dx + 2, y);
    await page.waitForSelector('.monaco-hover:not(.hidden) .hover-contents', { timeout: 8000 }).catch(() => {});
    await sleep(500);
  },
  async clickHover({ text }) {
    await page.locator('.monaco-hover:not(.hidden) a', { hasText: text }).first().click({ timeout: 5000 });
  },
  async clickLens({ text }) {
    await page.locator('.codelens-decoration a', { hasText: text }).first().click({ timeout: 10000 });
  },
  async clickButton({ text }) {
    await page.locator('.notification-list-item .monaco-button', { hasText: text }).first().click({ timeout: 5000 });
  },
  async click({ selector, text }) {
    await page.locator(selector, { hasText: text }).first().click({ timeout: 10000 });
  },
  async wait({ seconds }) {
    await sleep(1000 * seconds);
  },
  async away({ x = 5, y = config.height - 5 }) {
    await page.mouse.move(x, y);
  },
  async webview() {
    for (const frame of page.frames().reverse()) {
      const text = await frame.evaluate(() => document.querySelector('.markdown-body')?.innerText ?? '').catch(() => '');
      if (text) return text;
    }
    return '';
  },
  async clickPage({ text }) {
    for (const frame of page.frames().reverse()) {
      const link = frame.locator('.markdown-body a', { hasText: text }).first();
      if (await link.count().catch(() => 0)) return link.click({ timeout: 5000 });
    }
    throw new Error(`no page has a link ${text}`);
  },
  /** From now on counts the frames in which a selector shows nothing; `watched` says how many, of how many. */
  async watch({ selector }) {
    await page.evaluate((wanted) => {
      const counts = (globalThis.bylineFrames = { all: 0, without: 0 });
      const frame = () => {
        counts.all += 1;
        const found = [...document.querySelectorAll(wanted)].some((element) => element.innerText.trim());
        if (!found) counts.without += 1;
        requestAnimationFrame(frame);
      };
      frame();
    }, selector);
  },
  async watched() {
    return page.evaluate(() => ({ ...globalThis.bylineFrames }));
  },
  async terminal() {
    return page.evaluate(() => [...document.querySelectorAll('.terminal-wrapper .xterm-rows')].map((rows) => rows.innerText).join('\n'));
  },
  async hide({ selector }) {
    await page.addStyleTag({ content: `${selector} { visibility: hidden !important }` });
  },
  async shot({ file, clip }) {
    await page.screenshot({ path: file, ...(clip && { clip }) });
  },
};

async function stop() {
  await browser?.close().catch(() => {});
  if (!server) return;
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    try { process.kill(-server.pid, signal); } catch { /* has ended */ }
    if (signal === 'SIGTERM') await sleep(1200);
  }
}

const answer = (value) => process.stdout.write(JSON.stringify(value) + '\n');
const attempt = async (work) => {
  try {
    answer({ ok: true, value: (await work()) ?? null });
    return true;
  } catch (error) {
    await page?.screenshot({ path: path.join(config.out, 'error.png') }).catch(() => {});
    answer({ ok: false, error: String(error?.stack ?? error) });
    return false;
  }
};

if (await attempt(start)) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    await attempt(() => actions[asked.do](asked));
  }
}
await stop();
process.exit(0);
