// CodeMirror's @codemirror/lsp-client in Chromium, told as one sitting. The bridge gives each WebSocket a server of its
// own and cuts the server's output into messages.
// usage: PLAYBOOK=… NURTURE_SERVER="node tap.mjs SEEN nurturec lsp" node story.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';

const playbook = process.env.PLAYBOOK;
const pictures = process.env.PICTURES;
const names = ['hello.nurture', 'tests.nurture'];

const bundle = await build({ entryPoints: [fileURLToPath(new URL('page.mjs', import.meta.url))], bundle: true, format: 'esm', write: false, logLevel: 'error' });
const page404 = { status: 404, type: 'text/plain', body: 'not here' };
const pages = {
  '/': { status: 200, type: 'text/html', body: '<!doctype html><meta charset="utf-8"><title>playbook</title><body><script type="module" src="/page.js"></script>' },
  '/page.js': { status: 200, type: 'text/javascript', body: bundle.outputFiles[0].text },
  '/playbook': {
    status: 200,
    type: 'application/json',
    body: JSON.stringify({ root: pathToFileURL(playbook).href, files: Object.fromEntries(names.map((name) => [name, readFileSync(join(playbook, name), 'utf8')])) }),
  },
};
const http = createServer((request, response) => {
  const answer = pages[request.url] ?? page404;
  response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
});
await new Promise((ready) => http.listen(0, '127.0.0.1', ready));
const address = `http://127.0.0.1:${http.address().port}/`;

const [command, ...args] = process.env.NURTURE_SERVER.split(' ');
const servers = [];
new WebSocketServer({ server: http, path: '/lsp' }).on('connection', (socket) => {
  const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  servers.push(server);
  socket.on('message', (message) => server.stdin.write(`Content-Length: ${message.length}\r\n\r\n${message}`));
  socket.on('close', () => server.kill());
  let rest = Buffer.alloc(0);
  server.stdout.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let head; (head = rest.indexOf('\r\n\r\n')) >= 0; ) {
      const end = head + 4 + Number(/content-length: *(\d+)/i.exec(rest.toString('latin1', 0, head))[1]);
      if (rest.length < end) {
        return;
      }
      socket.send(rest.toString('utf8', head + 4, end));
      rest = rest.subarray(end);
    }
  });
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1100, height: 1100 } });
page.setDefaultTimeout(10_000);
const complaints = [];
page.on('pageerror', (error) => complaints.push(String(error)));

let passed = 0;
let failed = 0;
async function step(name, run) {
  try {
    await run();
    passed++;
    console.log(`ok   codemirror: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL codemirror: ${name}\n     ${error.message}`);
  }
  if (pictures) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `codemirror-${String(passed + failed).padStart(2, '0')}.png`) });
  }
}

const text = (name = names[0]) => page.evaluate((n) => globalThis.editors[n].state.doc.toString(), name);
const eventually = (what, name = names[0]) =>
  page.waitForFunction(([n, source]) => new RegExp(source).test(globalThis.editors[n].state.doc.toString()), [name, what.source]);

// go puts the cursor on the first place of a text, `ahead` characters behind its beginning, and gives where that is on the page.
const go = (needle, ahead = 0, name = names[0]) =>
  page.evaluate(
    ([n, wanted, by]) => {
      const view = globalThis.editors[n];
      const at = view.state.doc.toString().indexOf(wanted);
      if (at < 0) {
        throw new Error(`there is no ${wanted}`);
      }
      view.dispatch({ selection: { anchor: at + by }, scrollIntoView: true });
      view.focus();
      const { left, top, bottom } = view.coordsAtPos(at + by);
      return { x: left + 3, y: (top + bottom) / 2 };
    },
    [name, needle, ahead],
  );
const errors = page.locator('#hello_nurture .cm-lintRange-error');
const none = () => page.waitForFunction(() => document.querySelectorAll('#hello_nurture .cm-lintRange-error').length === 0);

await page.goto(address);
await page.waitForSelector('body[data-ready]');

await step('the error is underlined where it is, and told when one points at it', async () => {
  await errors.first().waitFor();
  assert.equal(await errors.count(), 1);
  assert.equal(await errors.first().textContent(), 'welcome_guid');
  await errors.first().hover();
  await page.locator('.cm-tooltip-lint', { hasText: 'did you mean `welcome_guide`' }).waitFor();
  await page.mouse.move(5, 5);
});
await step('put right, it vanishes', async () => {
  await go('welcome_guid\n', 'welcome_guid'.length);
  await page.keyboard.type('e');
  await none();
});
await step('hovering over an offer tells its title', async () => {
  const at = await go('send digest', 'send '.length);
  await page.mouse.move(at.x, at.y);
  await page.mouse.move(at.x + 4, at.y);
  await page.locator('.cm-lsp-hover-tooltip', { hasText: 'The digest' }).waitFor();
  await page.mouse.move(5, 5);
});
await step('a stage leads to where it is declared', async () => {
  await go('on clicked -> later', 'on clicked -> '.length);
  await page.keyboard.press('F12');
  await page.waitForFunction(() => {
    const view = globalThis.editors['hello.nurture'];
    return view.state.doc.lineAt(view.state.selection.main.head).text.includes('stage later');
  });
});
await step('references of a stage are found over all files', async () => {
  await go('stage warm', 'stage '.length);
  await page.keyboard.press('Shift+F12');
  await page.locator('.cm-lsp-reference-panel', { hasText: 'tests.nurture' }).waitFor();
  await page.keyboard.press('Escape');
});
await step('completion behind an arrow has the stages, and puts one in', async () => {
  await go('on clicked -> later', 'on clicked -> later'.length);
  await page.keyboard.press('Enter');
  await page.keyboard.type('on replied -> la');
  await page.keyboard.press('Control+Space');
  await page.locator('.cm-tooltip-autocomplete li', { hasText: 'later' }).first().waitFor();
  await page.waitForTimeout(150); // the list takes no key in its first moments
  await page.keyboard.press('Enter');
  await eventually(/on replied -> later\n/);
  await none();
});
await step('typing a function shows what it takes', async () => {
  await go('enter when contact.consent', 'enter when contact.consent'.length);
  await page.keyboard.type(' and count(');
  await page.locator('.cm-lsp-signature-tooltip', { hasText: 'EVENT' }).waitFor();
  await page.keyboard.type('clicked) >= 0');
  await none();
});
await step('renaming a stage changes it in every file', async () => {
  await go('stage warm', 'stage '.length);
  await page.keyboard.press('F2');
  const field = page.locator('.cm-panel input[name=name]');
  await field.waitFor();
  await field.fill('first');
  await field.press('Enter');
  await eventually(/stage first \{/);
  await eventually(/expect in hello\.first\n/, 'tests.nurture');
  await none();
});
await step('the file is laid out', async () => {
  await go('stage first');
  await page.keyboard.press('Shift+Alt+f');
  await eventually(/ {4}after 30d {2}-> later\n/);
});
await step('nothing went wrong on the page, and what stands there is a sound playbook', async () => {
  assert.deepEqual(complaints, []);
  for (const name of names) {
    writeFileSync(join(playbook, name), await text(name));
  }
});

await browser.close();
http.close();
http.closeAllConnections();
servers.forEach((server) => server.kill());
console.log(`codemirror: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
