import type { Rule, Violation } from '../rule.ts';
import type { Tree, TreeFile } from '../tree.ts';

// The words are put together from halves, so that these files keep the rules they state.
const todo = ['TO', 'DO'].join('');
const fixme = ['FIX', 'ME'].join('');
const registryHost = ['registry', 'example', 'org'].join('.');
const rootHome = ['', 'root', ''].join('/');

/** Where somebody's checkout happens to be. Inside a container's own paths it may be right: then an exception says so. */
export const machinePaths: Rule = {
  name: 'machine-paths',
  instead: 'Take the path from an argument, an environment variable or `import.meta.dirname`.',
  check: (tree) => {
    const folders = [rootHome, ...tree.machineFolders].map((folder) => folder.replaceAll(/[.\\/]/g, '\\$&'));
    const named = new RegExp(`(?<![\\w.:~-])(${folders.join('|')})`);
    return handWritten(tree).flatMap((file) => linesWhere(file, (line) => named.exec(line)?.[1]));
  },
  examples: [
    {
      files: {
        'docs/a.md': `first\ncd ${rootHome}src`,
        'src/core/a.ts': `const home = '${rootHome}.ethereum';`,
        'test/a.test.ts': "const data = '/checkouts/shared/data';",
      },
      machineFolders: ['/checkouts/'],
      violations: ['docs/a.md:2', 'src/core/a.ts:1', 'test/a.test.ts:1'],
    },
    {
      files: { 'docs/a.md': 'a link to https://example.org/root/page/, /home/ada/x and /rooted/x' },
      violations: [],
    },
  ],
};

/** Which registry answers is the business of whoever installs. */
export const registryHosts: Rule = {
  name: 'registry-hosts',
  instead: 'Ask the package client, which knows its registry from the configuration.',
  check: (tree) =>
    handWritten(tree).flatMap((file) =>
      linesWhere(
        file,
        (line) => /\bregistry\.[\w-]+\.(?:com|org|net|io|dev|cn|cloud|local|internal)\b/.exec(line)?.[0],
      ),
    ),
  examples: [
    {
      files: { '.npmrc': `registry=https://${registryHost}/`, 'src/artifacts/a.ts': `'${registryHost}'` },
      violations: ['.npmrc:1', 'src/artifacts/a.ts:1'],
    },
    { files: { 'src/app/a.ts': 'registry.clients.find(); const registries = 1;' }, violations: [] },
  ],
};

/** A note to self in the code is forgotten there. */
export const leftovers: Rule = {
  name: 'leftovers',
  instead: 'Do it now, or file an issue and leave no mark.',
  check: (tree) => {
    const marks = new RegExp(`\\b(${todo}|${fixme})\\b`);
    return handWritten(tree).flatMap((file) => linesWhere(file, (line) => marks.exec(line)?.[0]));
  },
  examples: [
    {
      files: { 'src/core/a.ts': `// ${todo}: later\nconst a = 1; // ${fixme}`, 'docs/a.md': todo },
      violations: ['src/core/a.ts:1', 'src/core/a.ts:2', 'docs/a.md:1'],
    },
    { files: { 'docs/a.md': `${todo}S and what is to do` }, violations: [] },
  ],
};

type Find = (line: string) => string | undefined;

function linesWhere(file: TreeFile, find: Find): readonly Violation[] {
  return file.text.split('\n').flatMap((line, index) => {
    const found = find(line);
    return found === undefined ? [] : [{ path: file.path, line: index + 1, what: `has ${found}` }];
  });
}

/** What people write: the lock file has a rule of its own. */
function handWritten(tree: Tree): readonly TreeFile[] {
  return tree.files.filter(({ path }) => path !== 'package-lock.json');
}
