import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** --home, where it was given: the next commands need it too. */
  readonly home: string | undefined;
}

/** What somebody can look at who has just seen a node go live. */
export function whereNext({ env, workingDirectory, home }: Surroundings, node: string): readonly string[] {
  // Started by npm, our program need not be on the PATH.
  const program = env.npm_lifecycle_event === undefined ? 'ephemery' : 'npx ephemery';
  const where = home === undefined ? '' : ` --home ${home}`;
  const documents = documentsFrom(import.meta.dirname);
  return [
    'Look around from a second terminal in this folder:',
    `  ${program} status${where}`,
    `  ${program} logs ${node}${where}`,
    `  ${program} --help`,
    ...(documents === undefined
      ? []
      : [`and read ${shortest(documents, workingDirectory)}. Ctrl-C stops all of it.`]),
  ];
}

/** The documents of a checkout; of an installed package its README. */
function documentsFrom(start: string): string | undefined {
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (!existsSync(join(folder, 'package.json'))) continue;
    return [join(folder, 'docs', 'README.md'), join(folder, 'README.md')].find((path) => existsSync(path));
  }
  return undefined;
}

function shortest(path: string, workingDirectory: string): string {
  const near = relative(workingDirectory, path);
  return near.startsWith('..') ? path : near;
}
