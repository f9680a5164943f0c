// The grammar over whole playbooks: every word of every example has a role, and every word of the language has the
// scope of one. What each line's scopes are is held down in test/grammar/.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadWASM, OnigScanner, OnigString } from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from 'vscode-textmate';

const extension = join(__dirname, '..', '..');
const repository = join(extension, '..', '..');

interface Piece {
  readonly text: string;
  readonly scopes: readonly string[];
}

async function load(): Promise<IGrammar> {
  await loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer as ArrayBuffer);
  const path = join(extension, 'syntaxes', 'nurture.tmLanguage.json');
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner: (sources) => new OnigScanner(sources), createOnigString: (text) => new OnigString(text) }),
    loadGrammar: async () => parseRawGrammar(readFileSync(path, 'utf8'), path),
  });
  const grammar = await registry.loadGrammar('source.nurture');
  assert.ok(grammar);
  return grammar;
}

const grammar = load();

async function* pieces(source: string): AsyncGenerator<Piece & { line: number }> {
  let state = INITIAL;
  for (const [i, line] of source.split(/\r?\n/).entries()) {
    const result = (await grammar).tokenizeLine(line, state);
    state = result.ruleStack;
    for (const token of result.tokens) {
      yield { line: i + 1, text: line.slice(token.startIndex, token.endIndex), scopes: token.scopes };
    }
  }
}

test('no word of an example is left without a role', async () => {
  const files = ['examples', 'cmd/nurturec/starter'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.nurture')).map((name) => join(folder, name)),
  );
  assert.ok(files.length >= 10, `only ${files.length} examples found`);
  for (const file of files) {
    for await (const piece of pieces(readFileSync(join(repository, file), 'utf8'))) {
      const role = piece.scopes.find((scope) => scope !== 'source.nurture' && !scope.startsWith('meta.'));
      assert.ok(role !== undefined || !/[\p{L}\p{Nd}]/u.test(piece.text), `${file}:${piece.line}: ${JSON.stringify(piece.text)} has no role`);
    }
  }
});

test('every word of the reference is a word where the reference says it stands', async () => {
  const table = /^## \d+\. All words\n([\s\S]*?)^## /m.exec(readFileSync(join(repository, 'lang', 'spec.md'), 'utf8'))?.[1] ?? '';
  const inside: Record<string, string> = {
    contact: 'contact {\n  x text WORD "x"', score: 'score x {\n  WORD', offer: 'offer x {\n  WORD', policy: 'policy {\n  WORD', handoff: 'handoff x {\n  WORD',
    measure: 'measure {\n  WORD', program: 'program x {\n  WORD', stage: 'program x {\n  stage y {\n    WORD', test: 'test "x" {\n  WORD', scenario: 'scenario x {\n  WORD',
  };
  let seen = 0;
  for (const row of table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)) {
    const [, block = '', statements = ''] = row;
    const frame = inside[block];
    if (frame === undefined || block === 'contact') {
      continue;
    }
    for (const [, code = ''] of statements.matchAll(/`([^`]*)`/g)) {
      for (const word of code.split(' ').filter((w) => /^\w+$/.test(w))) {
        const operand = { at: '2026-03-02 10:00', wait: '7d', contact: '{', expect: 'customers' }[word] ?? 'something';
        let scopes: readonly string[] = [];
        for await (const piece of pieces(frame.replace('WORD', `${word} ${operand}`))) {
          scopes = piece.text.trim() === word ? piece.scopes : scopes;
        }
        assert.ok(scopes.some((s) => s.startsWith('keyword.')), `${word} in ${block}: ${scopes.join(' ')}`);
        seen++;
      }
    }
  }
  assert.ok(seen > 40, `only ${seen} words found in lang/spec.md`);
});
