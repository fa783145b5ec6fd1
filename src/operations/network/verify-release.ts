import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Finding } from '../../core/findings/finding.ts';
import { bundleFiles, type ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { parseVariablesFile } from '../../core/network/variables-file.ts';
import type { ReleaseConsent, ReleaseExpectation } from '../../core/network/verify/expectation.ts';
import { loadExecutionHash } from './execution-hash.ts';
import { chosenIteration } from './iteration-choice.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from './known-network.ts';

export interface VerifyReport {
  readonly path: string;
  readonly network: string;
  /** Against which it was held. */
  readonly iteration: number;
  readonly outcome: 'accepted' | 'needs-consent' | 'rejected';
  readonly findings: readonly Finding[];
  readonly needsConsent: readonly ReleaseConsent[];
  /** What it is, when it was accepted. */
  readonly bundle?: ReleaseBundle;
}

export interface VerifyWish extends NetworkWish {
  /** A folder or an archive, in either layout. */
  readonly path: string;
  /** The one that the release says it is unless told. */
  readonly iteration?: number | undefined;
}

/**
 * Holds a release on this machine against its network and against what is held of it already; nothing is
 * kept. Throws EPH-RELEASES-ARCHIVE, EPH-RELEASES-FOLDER, the signal's reason, and as `knownNetwork`.
 */
export async function verifyLocalRelease(
  services: NetworkServices,
  wish: VerifyWish,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { definition } = await knownNetwork(services, wish);
  const [{ readLocalRelease }, { verifyRelease }] = await Promise.all([
    import('../../releases/sources/local-release.ts'),
    import('../../releases/verify-release.ts'),
  ]);
  const path = resolve(services.host.workingDirectory, wish.path);
  const folder = await mkdtemp(join(tmpdir(), 'ephemery-verify-'));
  try {
    const read = await readLocalRelease(path, folder, signal);
    const given = wish.iteration ?? (await ownNumber(folder));
    const iteration = chosenIteration(definition, services.clock.nowMs(), given);
    const expectation = await expectationOf(services, definition, iteration);
    const verified = await verifyRelease(expectation, {
      folder,
      directory: path,
      loadExecutionHash,
      ...read,
    });
    const { findings, needsConsent, bundle } = verified;
    return {
      path,
      network: definition.name,
      iteration,
      outcome: bundle !== undefined ? 'accepted' : verified.rejected ? 'rejected' : 'needs-consent',
      findings,
      needsConsent,
      ...(bundle === undefined ? {} : { bundle }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const mostBytes = 64 * 1024;

/** The number that the release gives itself; undefined when it gives none, which verifying then tells. */
async function ownNumber(folder: string): Promise<number | undefined> {
  const file = join(folder, bundleFiles.retention);
  try {
    if ((await stat(file)).size > mostBytes) return undefined;
    const { variables } = parseVariablesFile(bundleFiles.retention, await readFile(file, 'utf8'));
    const text = variables.get('ITERATION_NUMBER')?.value ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** As when it is fetched: against what is held of this iteration and of the one before. */
async function expectationOf(
  services: NetworkServices,
  definition: NetworkDefinition,
  iteration: number,
): Promise<ReleaseExpectation> {
  const library = await services.openLibrary(definition);
  try {
    const [known] = await library.held(iteration);
    const [previous] = await library.held(iteration - 1);
    return {
      definition,
      iteration,
      ...(known === undefined ? {} : { knownIdentity: known.bundle.identity }),
      ...(previous === undefined
        ? {}
        : { previousValidatorsRoot: previous.bundle.identity.genesisValidatorsRoot }),
    };
  } finally {
    await library.close();
  }
}
