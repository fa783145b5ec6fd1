import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';

/** A file of the project, as the rules see it. `path` is relative to the project's root, with forward slashes. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
  /** The syntax tree of a TypeScript file, parsed when first asked for. */
  syntax(): ts.SourceFile;
}

/** What the rules judge: the project as it stands, or a small one made up to prove that a rule can fail. */
export interface Tree {
  readonly files: readonly TreeFile[];
  file(path: string): TreeFile | undefined;
  /** Absolute folders of this machine that no file may name. */
  readonly machineFolders: readonly string[];
}

export const projectRoot = resolve(import.meta.dirname, '../..');

/** Everything that git tracks or would track, except the lock file's bulk of binary neighbours. */
export function projectTree(): Tree {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  const paths = listed.split('\0').filter((path) => path !== '' && isText(path));
  const present = [...new Set(paths)].filter((path) => existsSync(join(projectRoot, path))).sort();
  const texts = present.map((path) => [path, readFileSync(join(projectRoot, path), 'utf8')] as const);
  return treeOf(Object.fromEntries(texts), machineFolders());
}

export function treeOf(texts: Readonly<Record<string, string>>, folders: readonly string[] = []): Tree {
  const files = Object.entries(texts).map(([path, text]) => treeFile(path, text));
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { files, file: (path) => byPath.get(path), machineFolders: folders };
}

export function typeScriptFiles(tree: Tree, folder = ''): readonly TreeFile[] {
  return tree.files.filter((file) => file.path.startsWith(folder) && file.path.endsWith('.ts'));
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** What only tests run: the tests, what they share, and the suites that every implementation of a port must pass. */
export function isTestCode(path: string): boolean {
  return isTest(path) || /(^|\/)test\//.test(path) || path.includes('/conformance');
}

/** The 1-based line of a node. */
export function lineOf(file: TreeFile, node: ts.Node): number {
  return file.syntax().getLineAndCharacterOfPosition(node.getStart(file.syntax())).line + 1;
}

/** Every node below `node`, parents first. */
export function* nodesUnder(node: ts.Node): Generator<ts.Node> {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) {
    yield child;
    yield* nodesUnder(child);
  }
}

function treeFile(path: string, text: string): TreeFile {
  let parsed: ts.SourceFile | undefined;
  return {
    path,
    text,
    syntax: () => {
      parsed ??= ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
      return parsed;
    },
  };
}

function isText(path: string): boolean {
  return !/\.(ssz|gz|tgz|png|ico|bin|woff2)$/.test(path);
}

/** Where this checkout and its user live, unless that is a place that documents speak of anyway. */
function machineFolders(): readonly string[] {
  const [, first = ''] = projectRoot.split('/');
  const everywhere = ['tmp', 'usr', 'var', 'opt', 'etc', 'home', 'Users', 'app', 'src', 'private'];
  return [`${homedir()}/`, `${projectRoot}/`, ...(everywhere.includes(first) ? [] : [`/${first}/`])];
}
