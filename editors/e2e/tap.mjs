// Stands between an editor and `nurturec lsp`, passes everything on as it is, and writes down what was said: for each
// method whether the editor got an answer. From this the matrix in lsp/README.md is made.
// usage: node tap.mjs SEEN.json SERVER ARGUMENT…
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [file, command, ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });

// What an exchange came to, the better later.
const order = ['error', 'nothing', 'noted', 'answered'];
const seen = read();

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function note(method, outcome) {
  if (order.indexOf(outcome) <= order.indexOf(seen[method])) {
    return;
  }
  seen[method] = outcome;
  const merged = read(); // another server of the same editor may write here too
  if (order.indexOf(outcome) > order.indexOf(merged[method])) {
    merged[method] = outcome;
    writeFileSync(file, JSON.stringify(Object.fromEntries(Object.entries(merged).sort()), null, 2) + '\n');
  }
}

const empty = (result) => result == null || (Array.isArray(result) && result.length === 0) || (Array.isArray(result.items) && result.items.length === 0);

// listener takes the messages of one side out of its bytes.
function listener(onMessage) {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      const length = head < 0 ? undefined : /content-length: *(\d+)/i.exec(rest.subarray(0, head).toString('latin1'))?.[1];
      if (length === undefined || rest.length < head + 4 + Number(length)) {
        return;
      }
      const end = head + 4 + Number(length);
      onMessage(JSON.parse(rest.subarray(head + 4, end).toString('utf8')));
      rest = rest.subarray(end);
    }
  };
}

const asked = { editor: new Map(), server: new Map() };
const heard = (side, other) => (message) => {
  if (message.method !== undefined && message.id !== undefined) {
    asked[side].set(message.id, message.method);
  } else if (message.method !== undefined) {
    note(message.method, 'noted');
  } else if (asked[other].has(message.id)) {
    note(asked[other].get(message.id), message.error ? 'error' : side === 'server' && empty(message.result) ? 'nothing' : 'answered');
    asked[other].delete(message.id);
  }
};

const fromEditor = listener(heard('editor', 'server'));
const fromServer = listener(heard('server', 'editor'));
process.stdin.on('data', (bytes) => {
  fromEditor(bytes);
  server.stdin.write(bytes);
});
process.stdin.on('end', () => server.stdin.end());
server.stdin.on('error', () => {}); // the server has gone: its end is told below
server.stdout.on('data', (bytes) => {
  fromServer(bytes);
  process.stdout.write(bytes);
});
server.on('exit', (code) => process.exit(code ?? 1));
