import type { Rule, Violation } from '../rule.ts';
import type { Tree } from '../tree.ts';

const path = 'package-lock.json';

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly engines?: { readonly node?: string };
}

/** The lock file names versions and integrity, not where somebody's registry answered. */
export const lockFileAddresses: Rule = {
  name: 'lock-file-addresses',
  instead: 'Keep `omit-lockfile-registry-resolved=true` in .npmrc and run `npm install --package-lock-only`.',
  check: (tree) =>
    Object.entries(entriesIn(tree)).flatMap(([key, { resolved }]) =>
      resolved?.startsWith('http') ? [{ path, what: `${key} was resolved to an address` }] : [],
    ),
  examples: [
    {
      files: lockOf({ 'node_modules/a': { resolved: 'https://example.org/a.tgz' } }),
      violations: [path],
    },
    { files: lockOf({ 'node_modules/web': { resolved: 'web' }, 'node_modules/a': {} }), violations: [] },
    { files: {}, violations: [] },
  ],
};

/**
 * `npm ci` refuses a lock file that lacks an optional package, and npm leaves out those that the registry at hand
 * does not carry: binaries for other platforms.
 */
export const lockFileComplete: Rule = {
  name: 'lock-file-complete',
  instead:
    'Add its entry by hand, as its neighbours have it: version, os, cpu, libc, optional. `npm install --package-lock-only` keeps it.',
  check: (tree) => {
    const entries = entriesIn(tree);
    return Object.entries(entries).flatMap(([key, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).flatMap((name): readonly Violation[] =>
        foldersAbove(key).some((folder) => `${folder}node_modules/${name}` in entries)
          ? []
          : [{ path, what: `${key} may need ${name}, which has no entry` }],
      ),
    );
  },
  examples: [
    {
      files: lockOf({
        'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-darwin': '1' } },
        'node_modules/a-linux': {},
      }),
      violations: [path],
    },
    {
      files: lockOf({
        'node_modules/a': { optionalDependencies: { 'a-linux': '1' } },
        'node_modules/a-linux': {},
        'node_modules/b/node_modules/@c/a': { optionalDependencies: { d: '1', e: '1' } },
        'node_modules/b/node_modules/d': {},
        'node_modules/b/node_modules/@c/a/node_modules/e': {},
      }),
      violations: [],
    },
  ],
};

/** npm warns whoever installs, and what such a package does on our oldest Node is nobody's promise. */
export const lockFileEngines: Rule = {
  name: 'lock-file-engines',
  instead:
    'Pin an earlier version of it, or of what asks for it, as an exact dependency: overrides do not reach those who install us.',
  check: (tree) => {
    const entries = entriesIn(tree);
    const floor = versionIn(entries['']?.engines?.node ?? '');
    return Object.entries(entries).flatMap(([key, { engines }]) =>
      floor === undefined || engines?.node === undefined || takes(engines.node, floor)
        ? []
        : [{ path, what: `${key} wants Node ${engines.node}` }],
    );
  },
  examples: [
    {
      files: lockOf({ '': { engines: { node: '>=20.19' } }, 'node_modules/a': wants('>=22') }),
      violations: [path],
    },
    {
      files: lockOf({ '': { engines: { node: '>=20.19' } }, 'node_modules/a': wants('^20.20.0 || 22.*') }),
      violations: [path],
    },
    {
      files: lockOf({
        '': { engines: { node: '>=20.19' } },
        'node_modules/a': wants('>= 18'),
        'node_modules/b': wants('^18 || ^20.19.0 || >=22'),
        'node_modules/c': wants('18 || 20 || >=22'),
        'node_modules/d': wants('*'),
        'node_modules/e': {},
      }),
      violations: [],
    },
  ],
};

type Version = readonly [major: number, minor: number];

/** Whether a range of npm's takes this version; of each alternative the lower bound alone is looked at. */
function takes(range: string, [major, minor]: Version): boolean {
  return range.split('||').some((alternative) => {
    const lowest = versionIn(alternative);
    if (lowest === undefined) return alternative.trim() === '*';
    const isFrom = lowest[0] < major || (lowest[0] === major && lowest[1] <= minor);
    return isFrom && (alternative.trim().startsWith('>') || lowest[0] === major);
  });
}

function versionIn(text: string): Version | undefined {
  const found = /(\d+)(?:\.(\d+))?/.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2] ?? 0)];
}

function wants(node: string): LockEntry {
  return { engines: { node } };
}

function entriesIn(tree: Tree): Readonly<Record<string, LockEntry>> {
  const lock = tree.file(path);
  return lock === undefined
    ? {}
    : (JSON.parse(lock.text) as { packages: Record<string, LockEntry> }).packages;
}

/** Where Node looks for what a package needs: in it, beside it, and up to the root. */
function foldersAbove(key: string): readonly string[] {
  const parts = key.split('node_modules/').slice(0, -1);
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('node_modules/'));
  return [`${key}/`, ...above];
}

function lockOf(packages: Readonly<Record<string, LockEntry>>) {
  return { [path]: JSON.stringify({ packages }) };
}
