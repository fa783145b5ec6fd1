import { join } from 'node:path';
import { commands } from '../../src/app/registries/commands.ts';
import type { Command } from '../../src/cli/command.ts';
import { importsOf } from '../tidy/imports.ts';
import { isTest, projectRoot, projectTree, type Tree } from '../tidy/tree.ts';

const door = 'src/operations/open-control.ts';

/** The commands that can ask a supervisor, as their imports tell: whoever adds one has to add a case of it. */
export async function speakingCommands(): Promise<readonly string[]> {
  const tree = projectTree();
  const files = tree.files.filter(
    ({ path }) => path.startsWith('src/cli/commands/') && !isTest(path) && reachesDoor(tree, path),
  );
  const modules = await Promise.all(
    files.map(({ path }) => import(join(projectRoot, path)) as Promise<Record<string, unknown>>),
  );
  const exported = new Set(modules.flatMap((each) => Object.values(each).flat()));
  return commands.filter((command: Command) => exported.has(command)).map(({ path }) => path.join(' '));
}

function reachesDoor(tree: Tree, from: string): boolean {
  const seen = new Set([from]);
  for (const path of seen) {
    if (path === door) return true;
    const file = tree.file(path);
    if (file === undefined) continue;
    for (const { kind, target } of importsOf(file))
      if (kind !== 'type' && target !== undefined) seen.add(target);
  }
  return false;
}
