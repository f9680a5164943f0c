// The VS Code side: it starts `nurturec lsp`, says what to do when that is not there, and adds the tasks. Everything
// that knows the language is in the server.
import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, State } from 'vscode-languageclient/node';
import type * as lsp from 'vscode-languageclient/node';
import { Picture, type Drawn } from './picture';
import { find, Missing, type Found } from './server';
import { checkTask, provideTasks } from './tasks';

const INSTALL = 'go install ./cmd/nurturec'; // in the project's folder

let client: LanguageClient | undefined;
let output: vscode.LogOutputChannel;
let status: vscode.LanguageStatusItem;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel('Nurture', { log: true });
  status = vscode.languages.createLanguageStatusItem('nurture.server', { language: 'nurture' });
  status.name = 'Nurture';
  const picture = new Picture(draw);
  context.subscriptions.push(
    output,
    status,
    picture,
    vscode.commands.registerCommand('nurture.showGraph', () => picture.show()),
    vscode.commands.registerCommand('nurture.restart', restart),
    vscode.commands.registerCommand('nurture.showOutput', () => output.show()),
    vscode.commands.registerCommand('nurture.check', check),
    vscode.tasks.registerTaskProvider('nurture', provideTasks(locate)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration('nurture.server')) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

/** Finds the server that the settings and the environment name. */
function locate(): Found {
  return find(vscode.workspace.getConfiguration('nurture').get<string>('server.path', ''));
}

async function start(): Promise<void> {
  let found: Found;
  try {
    found = locate();
  } catch (err) {
    if (err instanceof Missing) {
      void explain(err);
      return;
    }
    throw err;
  }
  const server: lsp.ServerOptions = { command: found.path, args: ['lsp'] };
  const options: lsp.LanguageClientOptions = {
    documentSelector: [
      { scheme: 'file', language: 'nurture' },
      { scheme: 'untitled', language: 'nurture' },
      { scheme: 'file', language: 'markdown' }, // the server passes over those of no playbook
    ],
    synchronize: { configurationSection: 'nurture' },
    initializationOptions: vscode.workspace.getConfiguration('nurture'),
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    diagnosticCollectionName: 'nurturec', // as the problem matcher's owner: a finding of both shows once
    middleware: { executeCommand: execute },
  };
  client = new LanguageClient('nurture', 'Nurture', server, options);
  client.onDidChangeState(({ newState }) => show(newState, found));
  try {
    await client.start();
  } catch (err) {
    void explain(new Missing(`"${found.path}" did not start as a language server: ${err instanceof Error ? err.message : String(err)}`));
  }
}

/** Shows what a command of the server answers, where the server cannot: the places behind a lens "3 references". */
async function execute(command: string, args: unknown[], next: lsp.ExecuteCommandSignature): Promise<unknown> {
  const answer: unknown = await next(command, args);
  if (command !== 'nurture.references' || !client) {
    return answer;
  }
  const about = args[0] as { uri: string; position: lsp.Position };
  const { asLocation, asPosition, asUri } = client.protocol2CodeConverter;
  const places = ((answer ?? []) as lsp.Location[]).map((place) => asLocation(place));
  return vscode.commands.executeCommand('editor.action.showReferences', asUri(about.uri), asPosition(about.position), places);
}

/** Has the server draw the playbook of a file. */
async function draw(uri: string): Promise<Drawn> {
  if (!client) {
    throw new Error('There is no language server to draw the playbook.');
  }
  return client.sendRequest<Drawn>('workspace/executeCommand', { command: 'nurture.graph', arguments: [{ uri }] });
}

async function restart(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.dispose();
  await start();
}

/** Shows in the status of the language what runs. */
function show(state: State, found: Found): void {
  status.command = { command: 'nurture.restart', title: 'Restart' };
  status.busy = state === State.Starting;
  status.severity = state === State.Stopped ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
  status.text = state === State.Stopped ? 'nurturec has stopped' : found.version;
  status.detail = found.path;
}

/** Says that there is no server, what still works, and what to do about it. */
async function explain(why: Missing): Promise<void> {
  output.error(why.message);
  status.text = 'no language server';
  status.detail = why.message;
  status.severity = vscode.LanguageStatusSeverity.Error;
  status.command = { command: 'nurture.restart', title: 'Try again' };
  const choices = { copy: 'Copy the Install Command', path: 'Set the Path', again: 'Try Again' };
  const choice = await vscode.window.showErrorMessage(
    `No errors, completion or formatting for playbooks: ${why.message}. Install it with "${INSTALL}" in the folder of the nurture project, or say in the settings where it is.`,
    ...Object.values(choices),
  );
  switch (choice) {
    case choices.copy:
      await vscode.env.clipboard.writeText(INSTALL);
      break;
    case choices.path:
      await vscode.commands.executeCommand('workbench.action.openSettings', 'nurture.server.path');
      break;
    case choices.again:
      await restart();
      break;
  }
}

/** Checks the playbook of the file that is open, or that of the workspace. */
async function check(): Promise<void> {
  try {
    await vscode.tasks.executeTask(checkTask(locate()));
  } catch (err) {
    if (!(err instanceof Missing)) {
      throw err;
    }
    await explain(err);
  }
}
