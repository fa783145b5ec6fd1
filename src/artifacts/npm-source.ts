import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledProgram } from '../runtimes/runtime.ts';
import type { PinnedArtifact } from './artifact.ts';
import { artifactErrors } from './errors.ts';
import type { InstallFolder } from './install-folder.ts';
import type { Execute } from './path-source.ts';
import { fileInside } from './program-file.ts';
import type { ArtifactSource, ChosenFrom, ObtainRequest, PinnedFrom } from './source.ts';

export interface NpmSourceOptions {
  readonly installs: InstallFolder;
  readonly nodePath: string;
  readonly execute: Execute;
}

const installDeadlineMs = 15 * 60_000;

/** Node programs from an npm registry, installed by the user's own npm without running install scripts. */
export function createNpmSource({ installs, nodePath, execute }: NpmSourceOptions): ArtifactSource<'npm'> {
  const programOf = async (client: string, chosen: ChosenFrom<'npm'>): Promise<InstalledProgram> => {
    const packageFolder = join(installs.pathOf(nameOf(chosen)), 'node_modules', chosen.package);
    const program = await fileInside(client, packageFolder, chosen.bin);
    return { client, version: chosen.version, command: [nodePath, program] };
  };
  const present = async ({ chosen, pinned }: ObtainRequest<'npm'>) => {
    const installed = (await installs.installed(nameOf(chosen)))?.pin;
    if (installed?.source !== 'npm') return undefined;
    const wanted = pinned?.integrity ?? chosen.integrity ?? installed.integrity;
    return installed.integrity === wanted && (pinned?.tree ?? installed.tree) === installed.tree
      ? installed
      : undefined;
  };
  return {
    isInstalled: async (request) => (await present(request)) !== undefined,
    async obtain(request) {
      const pin =
        (await present(request)) ??
        (await installs.install(nameOf(request.chosen), (into) => install(request, into, execute))).pin;
      return { program: await programOf(request.client, request.chosen), pin };
    },
  };
}

/** A scope's slash is no part of a folder's name. */
function nameOf(chosen: ChosenFrom<'npm'>): string {
  return `${chosen.package.replace('/', '+')}@${chosen.version}`;
}

async function install(
  request: ObtainRequest<'npm'>,
  into: string,
  execute: Execute,
): Promise<() => PinnedArtifact> {
  const { chosen, signal } = request;
  const spec = `${chosen.package}@${chosen.version}`;
  await writeFile(join(into, 'package.json'), '{ "private": true }\n');
  const outcome = await execute({
    command: ['npm', 'install', '--prefix', into, ...npmFlags, '--', spec],
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

const npmFlags = [
  '--ignore-scripts',
  '--save-exact',
  '--package-lock=true',
  '--global=false',
  '--omit=dev',
  '--no-audit',
  '--no-fund',
] as const;

/** npm's own lock names everything that it installed, for every platform, with version and integrity. */
async function pinOf(chosen: ChosenFrom<'npm'>, into: string): Promise<PinnedFrom<'npm'>> {
  const lock: unknown = JSON.parse(await readFile(join(into, 'package-lock.json'), 'utf8'));
  const packages =
    (lock as { packages?: Record<string, { version?: string; integrity?: string }> }).packages ?? {};
  const { version, integrity } = packages[`node_modules/${chosen.package}`] ?? {};
  if (version !== chosen.version || integrity === undefined) {
    const problem = `npm installed ${version ?? 'nothing'}, with ${integrity === undefined ? 'no' : 'an'} integrity`;
    const origin = `npm package ${chosen.package}@${chosen.version}`;
    throw artifactErrors.create('EPH-ARTIFACT-FETCH', { origin, problem });
  }
  const lines = Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => `${path} ${entry.version} ${entry.integrity}`)
    .sort();
  const tree = createHash('sha256').update(lines.join('\n')).digest('hex');
  return { source: 'npm', package: chosen.package, version, integrity, tree };
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
