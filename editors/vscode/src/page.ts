// The page around the picture. Nothing here knows VS Code, so that it can be tested in a browser of its own.
import { randomBytes } from 'node:crypto';

/** The page of the panel: it shows the pictures that it is sent, and says on which place one clicked. */
export function page(source: string): string {
  const nonce = randomBytes(16).toString('hex');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source} 'unsafe-inline'; script-src 'nonce-${nonce}'">
<title>Playbook</title>
<style>
body { margin: 0; padding: 0; background: #fff; }
#bar { position: sticky; top: 0; left: 0; display: flex; gap: .5em; align-items: center; padding: .3em .6em; font: 13px sans-serif;
  color: var(--vscode-foreground); background: var(--vscode-editorWidget-background, #eee); }
#bar button { color: inherit; background: none; border: 1px solid currentColor; border-radius: 3px; cursor: pointer; min-width: 2em; }
#note { color: var(--vscode-errorForeground, #c81e1e); }
#picture.old { opacity: .45; }
#picture svg { display: block; height: auto; }
</style>
</head>
<body>
<div id="bar"><button id="less" title="Smaller" aria-label="Smaller">−</button><button id="more" title="Larger" aria-label="Larger">+</button><button id="fit" title="As wide as the panel">Fit</button><span id="note" role="status"></span></div>
<div id="picture"></div>
<script nonce="${nonce}">
const editor = acquireVsCodeApi();
const picture = document.getElementById('picture');
let { scale = 0 } = editor.getState() ?? {}; // 0: as wide as the panel
function size() {
  const svg = picture.querySelector('svg');
  if (svg) {
    svg.style.width = scale === 0 ? '100%' : svg.viewBox.baseVal.width * scale + 'px';
  }
  editor.setState({ scale });
}
function zoom(by) {
  const svg = picture.querySelector('svg');
  if (svg) {
    scale = Math.min(4, Math.max(0.1, (scale || svg.clientWidth / svg.viewBox.baseVal.width) * by));
    size();
  }
}
document.getElementById('less').onclick = () => zoom(1 / 1.25);
document.getElementById('more').onclick = () => zoom(1.25);
document.getElementById('fit').onclick = () => { scale = 0; size(); };
window.addEventListener('message', ({ data }) => {
  if (data.svg) {
    picture.innerHTML = data.svg;
    size();
  }
  picture.className = data.svg ? '' : 'old';
  document.getElementById('note').textContent = data.note;
});
picture.addEventListener('click', (event) => {
  const place = event.target.closest('[data-place]');
  if (place) {
    event.preventDefault();
    editor.postMessage({ place: place.dataset.place });
  }
});
</script>
</body>
</html>`;
}
