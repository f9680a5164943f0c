// Stands between an editor and `nurturec lsp`, passes everything on as it is, and writes down what was said: a line
// for each method and what came of it, which seen.mjs reads. Lines are only ever added, because an editor may start
// several servers at once and kill one in the middle of anything.
// usage: node tap.mjs SEEN SERVER ARGUMENT…
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const [file, command, ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });

const noted = new Set();

function note(method, outcome) {
  const line = `${outcome} ${method}\n`;
  if (!noted.has(line)) {
    noted.add(line);
    appendFileSync(file, line);
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
