// Opens pages as people do, and looks for what would be wrong with them.
// usage: node pages.mjs FOLDER PAGE…     FOLDER "" keeps no pictures
import { basename } from 'node:path';
import { chromium } from 'playwright-core';

const [pictures, ...pages] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let faults = 0;
for (const file of pages) {
  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
      const page = await context.newPage();
      const wrong = [];
      page.on('console', (message) => wrong.push(`the console says: ${message.text()}`));
      page.on('pageerror', (error) => wrong.push(`it fails: ${error}`));
      page.on('request', (request) => { if (!/^(file|data):/.test(request.url())) wrong.push(`it asks for ${request.url()}`); });
      await page.goto(`file://${file}`);
      wrong.push(...await page.evaluate(() => {
        const found = [];
        if (document.documentElement.scrollWidth > innerWidth) found.push(`it is ${document.documentElement.scrollWidth} pixels wide`);
        const charts = [...document.querySelectorAll('.chart')];
        if (charts.length < 2) found.push(`it has ${charts.length} charts`);
        for (const chart of charts) {
          const box = chart.querySelector('svg')?.getBoundingClientRect();
          if (!box || box.width > innerWidth || box.height < 100 || chart.querySelectorAll('path').length < 10) found.push(`nothing is drawn of: ${chart.ariaLabel}`);
        }
        const tables = [...document.querySelectorAll('table')];
        if (tables.length < 6 || tables.some((table) => table.tBodies[0].rows.length === 0)) found.push('a table is empty');
        for (const row of document.querySelectorAll('tbody tr')) {
          if (row.cells.length !== row.closest('table').tHead.rows[0].cells.length) found.push(`a row is not as long as its head: ${row.textContent}`);
        }
        if (/NaN|undefined|\[object|%!/.test(document.querySelector('main').innerText)) found.push('it shows what is no number');
        // Text on its ground, by the contrast of WCAG 2.
        const light = (colour) => {
          const [r, g, b] = colour.match(/[\d.]+/g).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = light(getComputedStyle(document.body).backgroundColor);
        for (const part of document.querySelectorAll('h1, h2, p, dt, dd, th, td:not([style]), small, figcaption, summary')) {
          const text = light(getComputedStyle(part).color);
          const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
          if (contrast < 4.5) { found.push(`hard to read (${contrast.toFixed(1)}): ${part.textContent}`); break; }
        }
        return found;
      }));
      if (pictures) await page.screenshot({ path: `${pictures}/${basename(file, '.html')}-${width}-${colorScheme}.png`, fullPage: true });
      for (const what of wrong) console.error(`${basename(file)}, ${width} pixels, ${colorScheme}: ${what}`);
      faults += wrong.length;
      await context.close();
    }
  }
  console.log(`${basename(file)}: looked at`);
}
await browser.close();
process.exitCode = faults === 0 ? 0 : 1;
