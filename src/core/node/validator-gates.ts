import type { Finding } from '../findings/finding.ts';
import { nodeFindings } from '../findings/node.ts';
import { validatorFindings } from '../findings/validators.ts';
import type { Aim } from './aim.ts';
import type { DesiredNode, DesiredValidator } from './desired.ts';
import { keyLoss } from './key-loss.ts';
import type { ProtectionChoice } from './protection-choice.ts';
import { isLeftAlone } from './restart-policy.ts';
import type { Step } from './step.ts';

/** Conditions under which the validator client is not started, whatever the other clients do. */
export function gateFindings(aim: Aim, protection: ProtectionChoice): readonly Finding[] {
  return [
    ...orderFindings(aim),
    ...keyFindings(aim),
    ...protectionFindings(aim, protection),
    ...exitFindings(aim),
  ];
}

/** A client that runs, and that answers nobody before the genesis: until then its keys are not looked at. */
export function genesisFindings(
  { desired, target }: Aim,
  steps: readonly Step[],
  nowMs: number,
): readonly Finding[] {
  const { genesisTimeSeconds } = target.identity;
  const isAwaited = steps.some(({ kind }) => kind === 'load-keys') && nowMs < genesisTimeSeconds * 1_000;
  if (!isAwaited || desired.validator?.answersFromGenesis !== true) return [];
  return [nodeFindings.create('EPH-NODE-KEYS-FROM-GENESIS', { genesisTimeSeconds }, subjectOf(desired))];
}

/** Somebody, or an alarm, said that nothing is to be signed here. */
function orderFindings({ desired, observed: { signingOrder } }: Aim): readonly Finding[] {
  const subject = subjectOf(desired);
  if (!signingOrder.known) {
    const { reason } = signingOrder;
    return [validatorFindings.create('EPH-VALIDATORS-ORDER-UNREADABLE', { reason }, subject)];
  }
  const { order, reason } = signingOrder.value;
  if (order === 'halt') return [validatorFindings.create('EPH-VALIDATORS-HALTED', { reason }, subject)];
  if (order === 'stop') return [validatorFindings.create('EPH-VALIDATORS-STOPPED', { reason }, subject)];
  return [];
}

/** What the key guard says, once nothing else is in the way. */
export function guardFindings({ desired, observed }: Aim, validator: DesiredValidator): readonly Finding[] {
  const quiet = observed.keysQuiet;
  const subject = subjectOf(desired);
  if (quiet.known && quiet.value) return [];
  if (!quiet.known) return [nodeFindings.create('EPH-NODE-KEYS-UNSEEN', { reason: quiet.reason }, subject)];
  const facts = { keySets: validator.keySets.join(', ') };
  return [nodeFindings.create('EPH-NODE-KEYS-ACTIVE-ELSEWHERE', facts, subject)];
}

/** Keys that are gone mean loss until somebody says otherwise; unreadable ones wait. */
function keyFindings({ desired, observed }: Aim): readonly Finding[] {
  const { keys, journal } = observed;
  const subject = subjectOf(desired);
  if (!keys.known) {
    return [nodeFindings.create('EPH-NODE-KEYS-UNREADABLE', { reason: keys.reason }, subject)];
  }
  const loss = keyLoss(observed);
  if (loss === undefined) return [];
  const { count, fingerprint } = keys.value;
  const facts = {
    recorded: journal.keys?.count ?? 0,
    found: count,
    missing: loss.missing,
    examples: loss.examples,
    fingerprint,
  };
  return [nodeFindings.create('EPH-NODE-KEYS-FEWER', facts, subject)];
}

function protectionFindings({ desired, target }: Aim, protection: ProtectionChoice): readonly Finding[] {
  const subject = subjectOf(desired);
  if (protection.kind === 'unknown') {
    const { reason } = protection;
    return [nodeFindings.create('EPH-NODE-PROTECTION-UNREADABLE', { reason }, subject)];
  }
  if (protection.kind !== 'damaged') return [];
  const { folder, reason } = protection.damaged;
  const { genesisValidatorsRoot } = target.identity;
  const facts = { folder, reason, genesisValidatorsRoot };
  return [nodeFindings.create('EPH-NODE-PROTECTION-DAMAGED', facts, subject)];
}

function exitFindings({ desired, observed }: Aim): readonly Finding[] {
  const { atOnce, exitCode } = observed.crashes.validator;
  if (!isLeftAlone(observed.crashes.validator)) return [];
  const facts = { exits: atOnce, ...(exitCode === undefined ? {} : { exitCode }) };
  return [nodeFindings.create('EPH-NODE-VALIDATOR-LEFT-ALONE', facts, subjectOf(desired))];
}

function subjectOf(desired: DesiredNode) {
  return { node: desired.name, layer: 'validator' } as const;
}
