import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Finding } from '../../core/findings/finding.ts';
import { releaseFindings } from '../../core/findings/release.ts';
import { bundleFiles, type ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { parseVariablesFile } from '../../core/network/variables-file.ts';
import type { ReleaseConsent, ReleaseExpectation } from '../../core/network/verify/expectation.ts';
import type { VerifiedRelease } from '../../core/network/verify/verify-bundle.ts';
import type { LocalForm } from '../../releases/sources/local-release.ts';
import { loadExecutionHash } from './execution-hash.ts';
import { chosenIteration } from './iteration-choice.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from './known-network.ts';

export interface VerifyReport {
  readonly path: string;
  readonly network: string;
  /** Against which it was held. */
  readonly iteration: number;
  readonly outcome: 'accepted' | 'needs-consent' | 'rejected';
  /** Every form that was found at the path: archives, unpacked files. */
  readonly forms: readonly { readonly name: string; readonly outcome: VerifyReport['outcome'] }[];
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
  const { localForms } = await import('../../releases/sources/local-release.ts');
  const path = resolve(services.host.workingDirectory, wish.path);
  const scratch = await mkdtemp(join(tmpdir(), 'ephemery-verify-'));
  try {
    const unpacked = await unpackAll(await localForms(path), scratch, signal);
    const given = wish.iteration ?? (await ownNumber(unpacked[0]?.folder ?? scratch));
    const iteration = chosenIteration(definition, services.clock.nowMs(), given);
    const expectation = await expectationOf(services, definition, iteration);
    const verified: VerifiedForm[] = [];
    for (const each of unpacked) verified.push(await verifyForm(each, expectation, path));
    return { path, network: definition.name, iteration, ...(await verdictOn(verified)) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface UnpackedForm {
  readonly name: string;
  readonly folder: string;
  readonly archiveSha256?: string;
}

interface VerifiedForm extends UnpackedForm {
  readonly verified: VerifiedRelease;
}

async function unpackAll(
  forms: readonly LocalForm[],
  scratch: string,
  signal: AbortSignal,
): Promise<readonly UnpackedForm[]> {
  const { readLocalForm } = await import('../../releases/sources/local-release.ts');
  const unpacked: UnpackedForm[] = [];
  for (const [index, form] of forms.entries()) {
    const folder = join(scratch, `${index}`);
    await mkdir(folder);
    unpacked.push({ name: form.name, folder, ...(await readLocalForm(form, folder, signal)) });
  }
  return unpacked;
}

async function verifyForm(
  form: UnpackedForm,
  expectation: ReleaseExpectation,
  directory: string,
): Promise<VerifiedForm> {
  const { verifyRelease } = await import('../../releases/verify-release.ts');
  const { name: _, ...read } = form;
  const verified = await verifyRelease(expectation, { ...read, directory, loadExecutionHash });
  return { ...form, verified };
}

/** The worst of the forms, and whether they are the same release at all. */
async function verdictOn(
  forms: readonly VerifiedForm[],
): Promise<Omit<VerifyReport, 'path' | 'network' | 'iteration'>> {
  const { filesThatDiffer } = await import('../../releases/store/cross-check.ts');
  const [first, ...others] = forms;
  const differing: Finding[] = [];
  for (const other of others) {
    const files = await filesThatDiffer(first?.folder ?? '', other.folder);
    const facts = { form: first?.name ?? '', other: other.name, files };
    if (files.length > 0) differing.push(releaseFindings.create('EPH-RELEASE-FORMS-DIFFER', facts));
  }
  const outcomes = forms.map(({ name, verified }) => ({ name, outcome: outcomeOf(verified) }));
  const worst = (['rejected', 'needs-consent'] as const).find((bad) =>
    outcomes.some(({ outcome }) => outcome === bad),
  );
  const outcome = differing.length > 0 ? 'rejected' : (worst ?? 'accepted');
  const found = [...forms.flatMap(({ verified }) => verified.findings), ...differing];
  const bundle = first?.verified.bundle;
  return {
    outcome,
    forms: outcomes,
    // Every form of a release has the same faults; each is told once.
    findings: [...new Map(found.map((each) => [JSON.stringify([each.code, each.facts]), each])).values()],
    needsConsent: [...new Set(forms.flatMap(({ verified }) => verified.needsConsent))],
    ...(outcome !== 'accepted' || bundle === undefined ? {} : { bundle }),
  };
}

function outcomeOf({ bundle, rejected }: VerifiedRelease): VerifyReport['outcome'] {
  if (bundle !== undefined) return 'accepted';
  return rejected ? 'rejected' : 'needs-consent';
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
