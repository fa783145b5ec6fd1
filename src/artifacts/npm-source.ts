import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledProgram } from '../runtimes/runtime.ts';
import type { PinnedArtifact } from './artifact.ts';
import { artifactErrors } from './errors.ts';
import type { InstallFolder } from './install-folder.ts';
import { entriesOf, type NpmTrees, npmName, treeOf } from './npm-trees.ts';
import type { Execute } from './path-source.ts';
import { fileInside } from './program-file.ts';
import type { ArtifactSource, ChosenFrom, ObtainRequest, PinnedFrom } from './source.ts';

export interface NpmSourceOptions {
  readonly installs: InstallFolder;
  /** Absent for those who only look. */
  readonly trees?: NpmTrees;
  readonly nodePath: string;
  readonly execute: Execute;
}

const installDeadlineMs = 15 * 60_000;

/** Node programs from an npm registry, installed by the user's own npm without running install scripts. */
export function createNpmSource({
  installs,
  trees,
  nodePath,
  execute,
}: NpmSourceOptions): ArtifactSource<'npm'> {
  const programOf = async (client: string, chosen: ChosenFrom<'npm'>): Promise<InstalledProgram> => {
    const packageFolder = join(installs.pathOf(npmName(chosen)), 'node_modules', chosen.package);
    const program = await fileInside(client, packageFolder, chosen.bin);
    return { client, version: chosen.version, command: [nodePath, program] };
  };
  const present = async ({ chosen, pinned }: ObtainRequest<'npm'>) => {
    const installed = (await installs.installed(npmName(chosen)))?.pin;
    if (installed?.source !== 'npm') return undefined;
    const wanted = pinned?.integrity ?? chosen.integrity ?? installed.integrity;
    return installed.integrity === wanted && (pinned?.tree ?? installed.tree) === installed.tree
      ? installed
      : undefined;
  };
  const keepTree = async (pin: PinnedFrom<'npm'>, folder: string) => {
    const text = trees && (await readFile(join(folder, lockName), 'utf8').catch(() => undefined));
    if (text !== undefined && treeOf(text) === pin.tree) await trees?.keep(pin, text);
  };
  return {
    isInstalled: async (request) => (await present(request)) !== undefined,
    async obtain(request) {
      const name = npmName(request.chosen);
      const { pinned } = request;
      const found = await present(request);
      const kept = pinned === undefined ? undefined : await trees?.read(pinned);
      const fill = (into: string) => install(request, { into, execute, kept });
      const pin = found ?? (await installs.install(name, fill)).pin;
      const isKnown = found !== undefined && pinned !== undefined;
      if (pin.source === 'npm' && !isKnown) await keepTree(pin, installs.pathOf(name));
      return { program: await programOf(request.client, request.chosen), pin };
    },
  };
}

interface Installation {
  readonly into: string;
  readonly execute: Execute;
  /** npm's lock from when it was pinned. */
  readonly kept: string | undefined;
}

async function install(
  request: ObtainRequest<'npm'>,
  { into, execute, kept }: Installation,
): Promise<() => PinnedArtifact> {
  const { chosen, signal } = request;
  const spec = `${chosen.package}@${chosen.version}`;
  const wanted = kept === undefined ? {} : { dependencies: { [chosen.package]: chosen.version } };
  await writeFile(join(into, 'package.json'), JSON.stringify({ private: true, ...wanted }));
  if (kept !== undefined) await writeFile(join(into, lockName), kept);
  const asked =
    kept === undefined ? ['install', '--save-exact', ...npmFlags, '--', spec] : ['ci', ...npmFlags];
  const outcome = await execute({
    command: ['npm', '--prefix', into, ...asked],
    folder: into,
    deadlineMs: installDeadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (outcome.outcome !== 'ended' || outcome.exitCode !== 0) {
    const problem =
      outcome.outcome === 'ended'
        ? wordsOf(outcome.stderr)
        : outcome.outcome === 'not-found'
          ? 'there is no npm on the PATH'
          : `npm did not end within ${installDeadlineMs / 60_000} minutes`;
    const [, expected, actual] = /wanted (sha512-\S+) but got (sha512-[^\s.]+)/.exec(problem) ?? [];
    if (expected !== undefined && actual !== undefined)
      throw artifactErrors.create('EPH-ARTIFACT-CHECKSUM', {
        origin: `npm package ${spec}`,
        expected,
        actual,
      });
    const code = /\b(?:E404|ETARGET)\b/.test(problem) ? 'EPH-ARTIFACT-NOT-PUBLISHED' : 'EPH-ARTIFACT-FETCH';
    throw artifactErrors.create(code, { origin: `npm package ${spec}`, problem });
  }
  const pin = await pinOf(chosen, into);
  check(request, pin);
  return () => pin;
}

/** The first lines say what it is, and the last where npm's own log lies. */
function wordsOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (lines.length > 8 ? [...lines.slice(0, 4), ...lines.slice(-4)] : lines).join(' ');
}

const lockName = 'package-lock.json';

const npmFlags = [
  '--ignore-scripts',
  '--package-lock=true',
  '--global=false',
  '--omit=dev',
  '--no-audit',
  '--no-fund',
] as const;

/** npm's own lock names everything that it installed, for every platform, with version and integrity. */
async function pinOf(chosen: ChosenFrom<'npm'>, into: string): Promise<PinnedFrom<'npm'>> {
  const text = await readFile(join(into, lockName), 'utf8');
  const { version, integrity } = entriesOf(text)[`node_modules/${chosen.package}`] ?? {};
  if (version !== chosen.version || integrity === undefined) {
    const problem = `npm installed ${version ?? 'nothing'}, with ${integrity === undefined ? 'no' : 'an'} integrity`;
    const origin = `npm package ${chosen.package}@${chosen.version}`;
    throw artifactErrors.create('EPH-ARTIFACT-FETCH', { origin, problem });
  }
  return { source: 'npm', package: chosen.package, version, integrity, tree: treeOf(text) };
}

function check({ chosen, pinned }: ObtainRequest<'npm'>, pin: PinnedFrom<'npm'>): void {
  const origin = `npm package ${chosen.package}@${chosen.version}`;
  const refuse = (expected: string, actual: string) =>
    artifactErrors.create('EPH-ARTIFACT-CHECKSUM', { origin, expected, actual });
  for (const expected of [chosen.integrity, pinned?.integrity]) {
    if (expected !== undefined && expected !== pin.integrity) throw refuse(expected, pin.integrity);
  }
  if (pinned === undefined || pinned.tree === pin.tree) return;
  throw refuse(`${pinned.tree} over all its dependencies`, pin.tree);
}
