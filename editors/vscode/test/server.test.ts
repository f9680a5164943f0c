import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { find, Missing } from '../src/server';

function folder(programs: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'nurture-'));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  return dir;
}

const good = 'echo "nurturec 1.2.3"';
const nowhere = { GOBIN: '/nonexistent' };

test('the first nurturec on the PATH is taken', () => {
  const dir = folder({ nurturec: good });
  assert.deepEqual(find('', { ...nowhere, PATH: `/nonexistent:${dir}` }), { path: join(dir, 'nurturec'), version: 'nurturec 1.2.3' });
});

test('where go install puts programs is looked at too', () => {
  const dir = folder({ nurturec: good });
  assert.equal(find('', { PATH: '', GOBIN: dir }).path, join(dir, 'nurturec'));
});

test('the setting wins, as a path or as a name on the PATH', () => {
  const dir = folder({ nurturec: good, other: good });
  assert.equal(find(join(dir, 'other'), { PATH: dir }).path, join(dir, 'other'));
  assert.equal(find('other', { ...nowhere, PATH: dir }).path, join(dir, 'other'));
});

for (const [name, setting, programs, says] of [
  ['none at all', '', {}, /nurturec is not installed/],
  ['a setting that names nothing', '/nonexistent/nurturec', {}, /no program "\/nonexistent\/nurturec".*nurture\.server\.path/],
  ['something else of that name', '', { nurturec: 'echo plants; exit 0' }, /is no nurturec that works here: plants/],
  ['one that fails', '', { nurturec: 'echo "needs a newer system" >&2; exit 7' }, /needs a newer system/],
] as const) {
  test(`${name}: the message says what is wrong`, () => {
    const dir = folder(programs);
    assert.throws(
      () => find(setting, { ...nowhere, PATH: dir }),
      (err: unknown) => err instanceof Missing && says.test(err.message),
    );
  });
}

test('the problem matcher takes what nurturec check prints', () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  const pattern = manifest.contributes.problemMatchers[0].pattern;
  const line = 'b/shop.nurture:12:8: error NUR101: there is no offer `digets`; did you mean `digest`?';
  const hit = new RegExp(pattern.regexp).exec(line);
  assert.ok(hit);
  assert.deepEqual(
    [pattern.file, pattern.line, pattern.column, pattern.severity, pattern.code].map((group: number) => hit[group]),
    ['b/shop.nurture', '12', '8', 'error', 'NUR101'],
  );
  for (const other of ['   12 |     send digets', '  fix: write `digest`', '  b/shop.nurture:3:1: declared here']) {
    assert.equal(new RegExp(pattern.regexp).exec(other), null, other);
  }
});
