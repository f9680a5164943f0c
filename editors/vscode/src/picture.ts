// The playbook as a picture beside its source, drawn anew as one types. A click on a stage leads to its line.
import * as vscode from 'vscode';
import { page } from './page';

/** What the server answers to `nurture.graph`. */
export interface Drawn {
  readonly svg: string; // '' while the playbook has errors
  readonly errors: number;
  readonly files: Readonly<Record<string, string>>; // the URI of each file that a place may name
}

// Milliseconds without a change before it is drawn anew: of what is typed, and of files, of which the server hears later.
const TYPED = 250;
const FILED = 1000;

/** Picture is the panel; there is one, of the playbook whose file was shown last. */
export class Picture implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private file: vscode.Uri | undefined;
  private files: Readonly<Record<string, string>> = {};
  private timer: NodeJS.Timeout | undefined;
  private drawing = 0;
  private readonly watched: vscode.Disposable[] = [];

  constructor(private readonly draw: (uri: string) => Promise<Drawn>) {}

  /** Shows the playbook of the file that is open. */
  show(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId === 'nurture') {
      this.file = document.uri;
    }
    if (!this.file) {
      void vscode.window.showInformationMessage('Open a .nurture file first: its playbook is drawn.');
      return;
    }
    if (this.panel) {
      this.panel.reveal(undefined, true);
    } else {
      this.open();
    }
    void this.drawAnew();
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private open(): void {
    const panel = vscode.window.createWebviewPanel('nurture.graph', 'Playbook', { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { enableScripts: true, retainContextWhenHidden: true });
    panel.webview.html = page(panel.webview.cspSource);
    this.panel = panel;
    const files = vscode.workspace.createFileSystemWatcher('**/*.{nurture,md,toml}');
    const filed = (): void => this.later(FILED);
    this.watched.push(
      files,
      files.onDidCreate(filed),
      files.onDidChange(filed),
      files.onDidDelete(filed),
      panel.webview.onDidReceiveMessage((message: { place?: string }) => message.place !== undefined && this.go(message.place)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.typed(document)),
      vscode.languages.onDidChangeDiagnostics(() => this.later(TYPED)),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor?.document.languageId === 'nurture') {
          this.file = editor.document.uri;
          this.later(TYPED);
        }
      }),
    );
    panel.onDidDispose(() => {
      clearTimeout(this.timer);
      this.panel = undefined;
      this.watched.splice(0).forEach((one) => one.dispose());
    });
  }

  private typed(document: vscode.TextDocument): void {
    if (document.languageId === 'nurture' || document.languageId === 'markdown') {
      this.later(TYPED);
    }
  }

  private later(quiet: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.drawAnew(), quiet);
  }

  private async drawAnew(): Promise<void> {
    const drawing = ++this.drawing;
    let message: { svg: string; note: string };
    try {
      const drawn = await this.draw(String(this.file));
      this.files = drawn.files;
      message = { svg: drawn.svg, note: drawn.errors === 0 ? '' : `The playbook has ${drawn.errors === 1 ? 'an error' : `${drawn.errors} errors`}: it is drawn again when there are none.` };
    } catch (err) {
      message = { svg: '', note: err instanceof Error ? err.message : String(err) };
    }
    if (drawing === this.drawing) {
      void this.panel?.webview.postMessage(message); // an older answer that comes late is not shown
    }
  }

  /** Goes to a place, file:line. */
  private async go(place: string): Promise<void> {
    const [, name = '', line = '1'] = /^(.*):(\d+)$/.exec(place) ?? [];
    const uri = this.files[name];
    if (uri === undefined) {
      return;
    }
    const at = new vscode.Position(Number(line) - 1, 0);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document.languageId === 'nurture');
    await vscode.window.showTextDocument(vscode.Uri.parse(uri), { viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One, selection: new vscode.Range(at, at) });
  }
}
