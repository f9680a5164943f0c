// VS Code with the extension, told as one sitting. A picture is taken after every step.
// usage (see run): WORK=… ADDRESS=… PICTURES=… node story.mjs, in the folder that has playwright-core
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { chromium } = createRequire(`${process.cwd()}/`)('playwright-core');
const { WORK, ADDRESS, PICTURES } = process.env;
mkdirSync(PICTURES, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(10_000);

let passed = 0;
let failed = 0;
async function step(name, run) {
  let wrong;
  try {
    await run();
    passed++;
    console.log(`ok   vscode: ${name}`);
  } catch (error) {
    failed++;
    wrong = error;
    console.log(`FAIL vscode: ${name}\n     ${error.message}`);
  }
  await page.screenshot({ path: join(PICTURES, `${String(passed + failed).padStart(2, '0')}-${name.replace(/\W+/g, '-').slice(0, 50)}.png`) });
  if (wrong) {
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('Escape');
    }
  }
}

const saved = (name = 'hello.nurture') => readFileSync(join(WORK, 'playbook', name), 'utf8');
async function eventually(what, holds) {
  for (let i = 0; i < 200; i++) {
    if (await holds()) {
      return;
    }
    await page.waitForTimeout(50);
  }
  assert.fail(`did not happen in ten seconds: ${what}`);
}

// The server listens a while after the process has begun.
await eventually('code-server', async () => {
  try {
    return (await fetch(ADDRESS)).ok;
  } catch {
    return false;
  }
});
await page.goto(ADDRESS);
await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });

async function command(name) {
  await page.keyboard.press('F1');
  const field = page.locator('.quick-input-widget input[type=text]');
  await field.waitFor();
  await field.fill(`>${name}`);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
}
async function open(name) {
  await page.keyboard.press('Control+p');
  const field = page.locator('.quick-input-widget input[type=text]');
  await field.waitFor();
  await field.fill(name);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: name }).waitFor();
  await page.waitForSelector('.monaco-editor .view-line');
}
// go puts the cursor behind the first place of a text, with the editor's own search.
async function go(text) {
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+f');
  const field = page.locator('.find-widget .find-part textarea').first();
  await field.waitFor();
  await field.fill(text);
  await page.keyboard.press('Enter'); // the words that were looked for last do not move the cursor by themselves
  await page.locator('.statusbar-item', { hasText: `(${text.length} selected)` }).waitFor();
  for (const visible = page.locator('.find-widget.visible'); (await visible.count()) > 0; ) {
    await page.keyboard.press('Escape');
    await page.waitForTimeout(100);
  }
  await page.keyboard.press('ArrowRight');
}
const lineOf = (text) => page.locator('.monaco-editor .view-line').filter({ hasText: new RegExp(text.replaceAll(' ', '\\s')) }).first();
const picture = () => page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
const errors = page.locator('.monaco-editor .squiggly-error');
const colour = async (needle, text) => {
  const word = lineOf(text).locator('span span', { hasText: needle }).first();
  return word.evaluate((node) => getComputedStyle(node).color);
};

await step('without a server it says what to do', async () => {
  await open('hello.nurture');
  const note = page.locator('.notification-toast', { hasText: 'nurture.server.path' });
  await note.waitFor();
  const said = await note.textContent();
  for (const wanted of ['there is no program "/nowhere/nurturec"', 'go install', 'Copy the Install Command', 'Set the Path', 'Try Again']) {
    assert.ok(said.includes(wanted), said);
  }
});
await step('words, names, texts and comments have colours of their own, without a server', async () => {
  const seen = {
    declaration: await colour('program', 'program hello'),
    name: await colour('hello', 'program hello'),
    statement: await colour('send', 'send digest'),
    text: await colour('to us', 'offer welcome_guide'),
    comment: await colour('The first', 'The first thing'),
    target: await colour('later', 'on clicked'),
    duration: await colour('30', 'after 30d'),
  };
  assert.ok(new Set(Object.values(seen)).size >= 6, JSON.stringify(seen));
});
await step('with the setting changed the server starts, and the error is shown', async () => {
  const settings = join(WORK, 'user/Machine/settings.json');
  writeFileSync(settings, readFileSync(settings, 'utf8').replace('/nowhere/nurturec', join(WORK, 'bin/tapped')));
  await errors.first().waitFor();
  await command('View: Focus Problems');
  await page.locator('.markers-panel', { hasText: 'there is no offer `welcome_guid`' }).waitFor();
  await page.locator('.markers-panel', { hasText: 'NUR103' }).waitFor();
});
await step('hovering over the error tells it', async () => {
  await page.keyboard.press('Control+j');
  await lineOf('send welcome_guid').locator('span', { hasText: 'welcome_guid' }).last().hover();
  await page.locator('.monaco-hover', { hasText: 'did you mean' }).first().waitFor();
});
await step('its quick fix puts it right', async () => {
  await page.mouse.move(640, 880);
  await go('send welcome_guid');
  await page.keyboard.press('Control+.');
  const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'welcome_guide' }).first();
  await fix.waitFor();
  await page.screenshot({ path: join(PICTURES, '05-its-quick-fix-the-menu.png') });
  await page.keyboard.press('Enter');
  await lineOf('send welcome_guide$').waitFor();
  await eventually('no errors', async () => (await errors.count()) === 0);
});
await step('hovering over an offer tells its title and what its author wrote', async () => {
  await lineOf('send welcome_guide$').locator('span', { hasText: 'welcome_guide' }).last().hover();
  const hover = page.locator('.monaco-hover', { hasText: 'Welcome to us' }).first();
  await hover.waitFor();
  assert.match(await hover.textContent(), /The first thing that anybody gets/);
});
await step('completion behind an arrow has the stages, and puts one in', async () => {
  await page.mouse.move(640, 880);
  await go('on clicked -> later');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('on replied -> la');
  await page.keyboard.press('Control+Space');
  await page.locator('.suggest-widget .monaco-list-row', { hasText: 'later' }).first().waitFor();
  await page.screenshot({ path: join(PICTURES, '07-completion-the-list.png') });
  await page.keyboard.press('Enter');
  await lineOf('on replied -> later').waitFor();
});
await step('a stage leads to where it is declared', async () => {
  await go('on clicked -> later');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('F12');
  await page.locator('.statusbar-item', { hasText: /Ln 32,/ }).waitFor();
});
await step('the lens above a stage shows who leads there', async () => {
  await page.locator('.codelens-decoration a', { hasText: '3 references' }).click();
  await page.locator('.peekview-widget', { hasText: 'Locations (3)' }).waitFor();
});
await page.keyboard.press('Escape');
await step('references of an offer are found over all files', async () => {
  await go('send welcome_guide');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+F12');
  await page.locator('.peekview-widget', { hasText: 'References (3)' }).waitFor();
});
await page.keyboard.press('Escape');
await step('a stage shows who leads to it, as a tree', async () => {
  await go('stage later');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+Alt+h');
  await page.locator('.sidebar .monaco-list-row', { hasText: 'hello.warm' }).first().waitFor();
});
await page.keyboard.press('Escape');
await step('typing a function shows what it takes', async () => {
  await go('enter when contact.consent');
  await page.keyboard.type(' and count(');
  await page.locator('.parameter-hints-widget', { hasText: 'EVENT' }).waitFor();
});
await page.keyboard.press('Escape');
await page.keyboard.type('clicked) >= 0');
await step('renaming a stage changes it in every file', async () => {
  await go('stage warm');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('F2');
  const field = page.locator('.rename-box input');
  await field.waitFor();
  await field.fill('first');
  await page.keyboard.press('Enter');
  // The server offers a `migrate` line too, so the changes are shown before they are made.
  const offered = page.locator('.refactor-preview, .pane-body, .panel', { hasText: 'migrate hello.warm -> hello.first' }).first();
  await offered.waitFor();
  await page.screenshot({ path: join(PICTURES, '10-renaming-the-changes.png') });
  await page.locator('.monaco-button', { hasText: 'Apply' }).click();
  await lineOf('stage first').waitFor();
  await command('File: Save All Files').catch(() => page.keyboard.press('Control+s'));
  await eventually('the other file saved', () => saved('tests.nurture').includes('expect in hello.first'));
});
await step('saving lays the file out', async () => {
  await open('hello.nurture');
  await page.keyboard.press('Control+s');
  await eventually('the layout', () => saved().includes('    after 30d  -> later\n'));
  assert.equal(await errors.count(), 0);
});
await step('the outline of the file has programs, stages and offers', async () => {
  await page.keyboard.press('Control+Shift+o');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'welcome_guide' }).first().waitFor();
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'later' }).first().waitFor();
});
await page.keyboard.press('Escape');
await step('programs, stages and offers are found by name in the whole playbook', async () => {
  await page.keyboard.press('Control+t');
  const field = page.locator('.quick-input-widget input[type=text]');
  await field.waitFor();
  await field.fill('#later');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'later' }).first().waitFor();
});
await step('the task checks the playbook, and its findings reach the problems', async () => {
  await page.keyboard.press('Escape');
  writeFileSync(join(WORK, 'playbook', 'broken.nurture'), 'segment nobody = contact.nothing\n');
  await command('Nurture: Check the Playbook');
  await page.locator('.terminal-wrapper, .single-terminal-tab', { hasText: /./ }).first().waitFor(); // it shows itself when the task has failed
  await page.waitForTimeout(1000);
  await command('View: Focus Problems');
  await page.locator('.markers-panel .monaco-list-row', { hasText: 'nurturec' }).filter({ hasText: 'NUR211' }).first().waitFor(); // the server's say nurture
});

await step('the playbook is a picture beside its source, drawn anew while one types', async () => {
  await command('Nurture: Show the Playbook as a Picture');
  const drawn = picture();
  await drawn.locator('#note', { hasText: 'an error' }).waitFor();
  rmSync(join(WORK, 'playbook', 'broken.nurture'));
  await drawn.locator('svg a', { hasText: 'later' }).first().waitFor();
  await go('after 30d');
  await page.keyboard.type('9');
  await drawn.locator('svg', { hasText: 'after 30d9' }).waitFor({ state: 'detached' });
  await drawn.locator('#note', { hasText: 'an error' }).waitFor();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('5');
  await drawn.locator('svg', { hasText: 'after 305d' }).waitFor();
});
await step('a click on a stage of the picture leads to its line', async () => {
  await picture().locator('svg a[data-place$=":32"]').first().click();
  await page.locator('.statusbar-item', { hasText: /Ln 32,/ }).waitFor();
});

await step('the lens above a test runs it, and says how it ended', async () => {
  await open('tests.nurture');
  await page.locator('.codelens-decoration a', { hasText: 'run all tests' }).click();
  await page.locator('.notification-toast', { hasText: /passed/ }).waitFor();
});

await browser.close();
console.log(`vscode: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
