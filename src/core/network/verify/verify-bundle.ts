import type { Finding } from '../../findings/finding.ts';
import { releaseFindings } from '../../findings/release.ts';
import { bundleFiles, type ReleaseBundle } from '../bundle.ts';
import { highestFork } from '../consensus-config.ts';
import { identityName, type NetworkIdentity, sameIdentity } from '../identity.ts';
import { type ReleaseFiles, textOf } from '../release-files.ts';
import {
  checkExecutionBlock,
  checkForkVersions,
  checkHashes,
  checkNumbers,
  checkPreset,
  checkSeedValidator,
  checkState,
  checkTimes,
} from './checks.ts';
import type { FailedCheck, ReleaseConsent, ReleaseExpectation } from './expectation.ts';
import { type ReleaseReadings, readingsOf } from './readings.ts';
import { type ParseYaml, parseRelease, type ReleaseFacts } from './release-facts.ts';
import { remarksOn } from './remarks.ts';

export interface VerifyOptions {
  /** Where the files lie, or will lie once accepted. */
  readonly directory: string;
  readonly archiveSha256?: string;
  readonly parseYaml: ParseYaml;
  /** The hash of block 0 of a genesis.json; undefined where it cannot be computed. Without it, that is not checked. */
  readonly executionHashOf?: (genesisJson: string) => string | undefined;
}

export interface VerifiedRelease {
  /** Present only when nothing speaks against the release and every consent it needs was given. */
  readonly bundle?: ReleaseBundle;
  /** Everything found, told only or not; those about the whole network first. */
  readonly findings: readonly Finding[];
  /** What an operator would have to agree to; without anything else against it, consent makes it a bundle. */
  readonly needsConsent: readonly ReleaseConsent[];
  /** True when consent cannot help: the release is damaged or is not this iteration's. */
  readonly rejected: boolean;
}

/**
 * Holds the files of a release against one another and against what is expected of the iteration: the whole
 * of what is checked before any node is touched. Pure; every failed check is a finding of its own.
 */
export function verifyBundle(
  files: ReleaseFiles,
  expectation: ReleaseExpectation,
  options: VerifyOptions,
): VerifiedRelease {
  const { facts, findings: parseFindings } = parseRelease(files, options.parseYaml);
  const { readings, findings: readFindings } = readingsOf(facts, files);
  const identity = identityFrom(readings);
  const failed: readonly FailedCheck[] = [
    ...[...parseFindings, ...readFindings].map((finding): FailedCheck => ({ effect: 'reject', finding })),
    ...checkPreset(facts),
    ...checkNumbers(readings, expectation),
    ...checkTimes(readings, expectation),
    ...checkForkVersions(facts.config, expectation),
    ...checkHashes(readings, facts.state),
    ...checkExecutionBlock(readings, computedHash(files, options)),
    ...checkState(facts.state, facts.config),
    ...checkHistory(identity, expectation),
    ...checkSeedValidator(facts.state, expectation.iteration),
    ...remarksOn(facts),
  ];
  const rejected = identity === undefined || failed.some(({ effect }) => effect === 'reject');
  const needsConsent = consentsNeeded(failed, expectation);
  const accepted = !rejected && needsConsent.length === 0;
  const bundle = accepted ? bundleFrom({ facts, readings, identity }, options) : undefined;
  return {
    ...(bundle === undefined ? {} : { bundle }),
    findings: failed.map(({ finding }) => withNetwork(finding, expectation.definition.name)),
    needsConsent,
    rejected,
  };
}

function computedHash(files: ReleaseFiles, { executionHashOf }: VerifyOptions): string | undefined {
  const text = textOf(files, bundleFiles.executionGenesis);
  return text === undefined ? undefined : executionHashOf?.(text);
}

function consentsNeeded(
  failed: readonly FailedCheck[],
  expectation: ReleaseExpectation,
): readonly ReleaseConsent[] {
  const asked = failed.flatMap(({ effect }) => (effect === 'reject' || effect === 'tell' ? [] : [effect]));
  return [...new Set(asked)].filter((consent) => !expectation.consents?.includes(consent));
}

function withNetwork(finding: Finding, network: string): Finding {
  return { ...finding, subject: { ...finding.subject, network } };
}

/** The identity that the readings make, when each of its parts was read somewhere. */
function identityFrom(readings: ReleaseReadings): NetworkIdentity | undefined {
  const iteration = readings.iteration[0]?.value;
  const chainId = readings.chainId[0]?.value;
  const genesisValidatorsRoot = readings.validatorsRoot[0]?.value;
  const executionGenesisHash = readings.executionHash[0]?.value;
  const genesisTimeSeconds = readings.genesisSeconds[0]?.value;
  if (iteration === undefined || chainId === undefined || genesisValidatorsRoot === undefined)
    return undefined;
  if (executionGenesisHash === undefined || genesisTimeSeconds === undefined) return undefined;
  return { iteration, chainId, genesisValidatorsRoot, executionGenesisHash, genesisTimeSeconds };
}

/** The root is not the last iteration's, and the identity is the one known under this number, if any. */
function checkHistory(
  identity: NetworkIdentity | undefined,
  expectation: ReleaseExpectation,
): readonly FailedCheck[] {
  if (identity === undefined) return [];
  const { iteration, previousValidatorsRoot, knownIdentity } = expectation;
  const failed: FailedCheck[] = [];
  if (identity.genesisValidatorsRoot === previousValidatorsRoot?.toLowerCase()) {
    const facts = { iteration, validatorsRoot: identity.genesisValidatorsRoot };
    failed.push({
      effect: 'reject',
      finding: releaseFindings.create('EPH-RELEASE-VALIDATORS-ROOT-REUSED', facts),
    });
  }
  if (knownIdentity !== undefined && !sameIdentity(knownIdentity, identity)) {
    const facts = {
      iteration,
      before: identityName(knownIdentity),
      now: identityName(identity),
      validatorsRootBefore: knownIdentity.genesisValidatorsRoot,
      validatorsRootNow: identity.genesisValidatorsRoot,
    };
    failed.push({
      effect: 'reissued-genesis',
      finding: releaseFindings.create('EPH-RELEASE-REISSUED', facts),
    });
  }
  return failed;
}

interface Accepted {
  readonly facts: ReleaseFacts;
  readonly readings: ReleaseReadings;
  readonly identity: NetworkIdentity;
}

function bundleFrom(
  { facts, readings, identity }: Accepted,
  options: VerifyOptions,
): ReleaseBundle | undefined {
  const tag = readings.tag[0]?.value;
  const startSeconds = readings.startSeconds[0]?.value;
  const periodSeconds = readings.periodSeconds[0]?.value;
  const genesisDelaySeconds = readings.genesisDelaySeconds[0]?.value;
  const depositContractAddress = readings.depositContract[0]?.value;
  if (tag === undefined || startSeconds === undefined || periodSeconds === undefined) return undefined;
  if (genesisDelaySeconds === undefined || depositContractAddress === undefined) return undefined;
  if (facts.config === undefined) return undefined;
  return {
    tag,
    identity,
    startSeconds,
    periodSeconds,
    genesisDelaySeconds,
    highestFork: highestFork(facts.config),
    enodes: facts.enodes.records,
    bootstrapEnrs: facts.enrs.records,
    depositContractAddress,
    directory: options.directory,
    ...(options.archiveSha256 === undefined ? {} : { archiveSha256: options.archiveSha256 }),
  };
}
