// Where nurturec is. Nothing here knows VS Code, so that it can be tested without it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

export interface Found {
  readonly path: string;
  readonly version: string;
}

/** What is wrong with the server, in the words that the user reads. */
export class Missing extends Error {}

/**
 * Finds the nurturec to start: the setting `nurture.server.path` where it says something, else the first on the PATH,
 * in $GOBIN, or where `go install` puts programs. Throws Missing with what to do.
 */
export function find(setting: string, env: NodeJS.ProcessEnv = process.env): Found {
  const wanted = setting.trim();
  if (wanted !== '') {
    const path = wanted.startsWith('~/') ? join(homedir(), wanted.slice(2)) : wanted;
    const hit = isAbsolute(path) ? executable(path) : onPath(path, env);
    if (!hit) {
      throw new Missing(`there is no program "${path}", which the setting nurture.server.path names`);
    }
    return asked(hit, env);
  }
  const hit = onPath('nurturec', env);
  if (!hit) {
    throw new Missing('nurturec is not installed, or not where this editor looks: the PATH, $GOBIN and ~/go/bin');
  }
  return asked(hit, env);
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const go = env['GOBIN'] ?? join(env['GOPATH'] ?? join(homedir(), 'go'), 'bin');
  const folders = [...(env['PATH'] ?? env['Path'] ?? '').split(delimiter), go];
  for (const folder of folders) {
    const hit = folder && executable(join(folder, name));
    if (hit) {
      return hit;
    }
  }
  return undefined;
}

function executable(path: string): string | undefined {
  for (const candidate of process.platform === 'win32' ? [path, `${path}.exe`] : [path]) {
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) {
        return candidate;
      }
    } catch {
      // not this one
    }
  }
  return undefined;
}

/** Asks the program for its version, to tell nurturec from something else of that name. */
function asked(path: string, env: NodeJS.ProcessEnv): Found {
  const run = spawnSync(path, ['version'], { encoding: 'utf8', timeout: 5000, env });
  const answer = (run.stdout ?? '').trim();
  if (run.error || run.status !== 0 || !answer.includes('nurturec')) {
    const said = run.error?.message ?? (`${run.stdout ?? ''}${run.stderr ?? ''}`.trim().split('\n')[0] || `exit code ${run.status}`);
    throw new Missing(`"${path}" is no nurturec that works here: ${said}`);
  }
  return { path, version: answer };
}
