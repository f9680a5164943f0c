// The page: two editors of one playbook, joined to the server by a WebSocket. What CodeMirror's LSP client does by
// itself is left to it; the page adds nothing but the socket.
import { LSPClient, languageServerExtensions } from '@codemirror/lsp-client';
import { basicSetup } from 'codemirror';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { indentWithTab } from '@codemirror/commands';

function overSocket(address) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    const handlers = new Set();
    socket.onmessage = (message) => handlers.forEach((handle) => handle(message.data));
    socket.onerror = () => reject(new Error('the bridge is not there'));
    socket.onopen = () =>
      resolve({
        send: (message) => socket.send(message),
        subscribe: (handle) => handlers.add(handle),
        unsubscribe: (handle) => handlers.delete(handle),
      });
  });
}

const { root, files } = await (await fetch('/playbook')).json();
const client = new LSPClient({
  rootUri: root,
  initializationOptions: { diagnostics: { quiet: 10 } },
  extensions: languageServerExtensions(),
}).connect(await overSocket(`ws://${location.host}/lsp`));
await client.initializing;

globalThis.editors = Object.fromEntries(
  Object.entries(files).map(([name, text]) => {
    const place = document.body.appendChild(document.createElement('section'));
    place.id = name.replace(/\W/g, '_');
    const state = EditorState.create({ doc: text, extensions: [basicSetup, keymap.of([indentWithTab]), client.plugin(`${root}/${name}`, 'nurture')] });
    return [name, new EditorView({ state, parent: place })];
  }),
);
document.body.dataset.ready = 'yes';
