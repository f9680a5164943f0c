// The task `nurturec check`: its findings go to the problems view by the matcher `$nurturec` of package.json.
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Missing, type Found } from './server';

interface Definition extends vscode.TaskDefinition {
  readonly type: 'nurture';
  readonly verb: 'check';
  readonly playbook?: string;
}

/** Offers one task for each folder of the workspace, and completes those that tasks.json writes out. */
export function provideTasks(locate: () => Found): vscode.TaskProvider {
  const unlessMissing = <T>(make: (found: Found) => T): T | undefined => {
    try {
      return make(locate());
    } catch (err) {
      if (err instanceof Missing) {
        return undefined; // said when the server was looked for
      }
      throw err;
    }
  };
  return {
    provideTasks: () => unlessMissing((found) => (vscode.workspace.workspaceFolders ?? []).map((folder) => make(found, { type: 'nurture', verb: 'check' }, folder))) ?? [],
    resolveTask: (task) =>
      unlessMissing((found) => make(found, task.definition as Definition, typeof task.scope === 'object' ? task.scope : undefined)),
  };
}

/** The task for the playbook of the file that is open. */
export function checkTask(found: Found): vscode.Task {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === 'file' && document.languageId === 'nurture') {
    return make(found, { type: 'nurture', verb: 'check', playbook: path.dirname(document.uri.fsPath) }, vscode.workspace.getWorkspaceFolder(document.uri));
  }
  return make(found, { type: 'nurture', verb: 'check' }, vscode.workspace.workspaceFolders?.[0]);
}

function make(found: Found, definition: Definition, folder: vscode.WorkspaceFolder | undefined): vscode.Task {
  const task = new vscode.Task(
    definition,
    folder ?? vscode.TaskScope.Workspace,
    definition.verb,
    'nurture',
    new vscode.ShellExecution(found.path, [definition.verb, definition.playbook ?? '.'], folder ? { cwd: folder.uri.fsPath } : {}),
    '$nurturec',
  );
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
  return task;
}
