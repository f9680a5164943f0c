// Keeps what an editor's sitting came to, and makes the matrix of method × editor in lsp/README.md from it.
// usage: node seen.mjs EDITOR SEEN     holds a sitting against the one before: what was answered then must be now
//        node seen.mjs --keep EDITOR SEEN     keeps it
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('seen/', import.meta.url);
const readme = new URL('../../lsp/README.md', import.meta.url);
const begin = '<!-- matrix: made by editors/e2e/run --keep from what the tests ran -->';
const end = '<!-- end of matrix -->';
const signs = { answered: '●', noted: '●', nothing: '○', error: '×' };
const load = (url) => JSON.parse(readFileSync(url, 'utf8'));

// What an exchange came to, the better later.
const order = ['error', 'nothing', 'noted', 'answered'];

// told is the best that came of each method, in what a tap wrote down.
function told(file) {
  const best = {};
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n').sort()) {
    const [outcome, method] = line.split(' ');
    if (order.indexOf(outcome) > order.indexOf(best[method])) {
      best[method] = outcome;
    }
  }
  return Object.fromEntries(Object.entries(best).sort());
}

function matrix() {
  const editors = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)).sort();
  const seen = Object.fromEntries(editors.map((editor) => [editor, load(new URL(`${editor}.json`, folder))]));
  const methods = [...new Set(editors.flatMap((editor) => Object.keys(seen[editor])))].filter((method) => method.includes('/')).sort();
  return [
    `| method | ${editors.join(' | ')} |`,
    `|---|${editors.map(() => ':-:|').join('')}`,
    ...methods.map((method) => `| \`${method}\` | ${editors.map((editor) => signs[seen[editor][method]] ?? '').join(' | ')} |`),
    '',
    '● was exchanged in the tests, and answered with something where it asks; ○ was answered, with nothing to tell; empty: the editor, or its version in the tests, does not use it, or the sitting did not come to it.',
  ].join('\n');
}

const keep = process.argv[2] === '--keep';
const [editor, file] = process.argv.slice(keep ? 3 : 2);
const now = told(file);
const kept = new URL(`${editor}.json`, folder);
if (keep) {
  writeFileSync(kept, JSON.stringify(now, null, 2) + '\n');
  const page = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from >= 0 && to > from) {
    writeFileSync(readme, `${page.slice(0, from + begin.length)}\n${matrix()}\n${page.slice(to)}`);
  } else {
    console.log(matrix());
  }
} else {
  const lost = Object.entries(existsSync(kept) ? load(kept) : {}).filter(([method, outcome]) => outcome === 'answered' && now[method] !== 'answered');
  for (const [method] of lost) {
    console.error(`${editor}: ${method} was answered before, and is ${now[method] ?? 'not asked'} now`);
  }
  process.exitCode = lost.length === 0 ? 0 : 1;
}
