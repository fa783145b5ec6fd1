import type { Finding } from '../findings/finding.ts';
import { nodeFindings } from '../findings/node.ts';
import { gvr8, identityName } from '../network/identity.ts';
import type { Aim, Part } from './aim.ts';
import { type ChainLayer, chainLayers, type DesiredValidator } from './desired.ts';
import { hasConsent } from './journal-state.ts';
import { isProven, type LayerVerdict } from './layer-verdict.ts';
import type { ProtectionStore } from './observed.ts';
import { restartWaitMs } from './restart-policy.ts';
import type { Step, StopReason } from './step.ts';

/** The name under which a run of a validator client records its protection store. */
function protectionFolder(store: ProtectionStore): string {
  return `${gvr8(store.genesisValidatorsRoot)}/${store.client}-${store.number}`;
}

/** The store in use under a validators root: the one with the highest number. */
function currentProtection(
  stores: readonly ProtectionStore[],
  genesisValidatorsRoot: string,
): ProtectionStore | undefined {
  const root = genesisValidatorsRoot.toLowerCase();
  return stores
    .filter((store) => store.genesisValidatorsRoot.toLowerCase() === root)
    .toSorted((a, b) => b.number - a.number)[0];
}

/** The store that a validator client needs: the last one if it is its own, else a new one after it. */
function neededProtection(
  { observed, target }: Aim,
  client: string,
): { store: ProtectionStore; isNew: boolean } {
  const { genesisValidatorsRoot } = target.identity;
  const last = currentProtection(observed.protection, genesisValidatorsRoot);
  if (last?.client === client) return { store: last, isNew: false };
  return { store: { genesisValidatorsRoot, client, number: (last?.number ?? 0) + 1 }, isNew: true };
}

/** Stops a validator client that must not run: before any other client is touched. */
export function planValidatorStop(aim: Aim): readonly Step[] {
  const unit = aim.observed.units.validator.state;
  if (unit !== 'running' && unit !== 'stray') return [];
  const reason = reasonToStop(aim);
  if (reason === undefined) return [];
  const { signal, deadlineMs } = (aim.desired.validator ?? aim.desired.consensus).stop;
  return [{ kind: 'stop', lane: 'network', layer: 'validator', reason, signal, deadlineMs }];
}

function reasonToStop(aim: Aim): StopReason | undefined {
  const { desired, observed, target } = aim;
  if (desired.validator === undefined) return 'not-configured';
  if (!target.validatorMayRun) return 'iteration-over';
  const unproven = networkDoubt(aim);
  const stray = observed.units.validator.state === 'stray';
  const run = stray ? observed.journal.starting.validator : observed.journal.runs.validator;
  if (run === undefined) return 'unknown-run';
  if (run.identity !== identityName(target.identity)) return 'reset';
  if (unproven !== undefined) return unproven;
  const { store, isNew } = neededProtection(aim, desired.validator.client);
  const same =
    !isNew && run.folder === protectionFolder(store) && run.fingerprint === desired.validator.fingerprint;
  if (same) return undefined;
  return stray ? 'unknown-run' : 'new-settings';
}

/** Why the network under the validator client is in doubt. A silent API or runtime is no reason. */
function networkDoubt(aim: Aim): StopReason | undefined {
  const { verdicts } = aim;
  if (chainLayers.some((layer) => verdicts[layer].state === 'wrong')) return 'wrong-network';
  return chainLayers.some((layer) => isInDoubt(aim, layer, verdicts[layer])) ? 'network-unproven' : undefined;
}

function isInDoubt({ desired, observed }: Aim, layer: ChainLayer, verdict: LayerVerdict): boolean {
  if (verdict.state === 'proven' || verdict.state === 'unknown') return false;
  const sameData = verdict.state === 'off' || (verdict.state === 'elsewhere' && verdict.sameData);
  const at = { folder: verdict.choice.folder, client: desired[layer].client };
  return !(sameData && isProven(observed.journal, layer, at));
}

function bothProven({ verdicts }: Aim): boolean {
  return chainLayers.every((layer) => verdicts[layer].state === 'proven');
}

/**
 * Brings the validator client up: protection opened, keys counted, nobody else signing, then started.
 * `settled`: nothing is left to do for the other clients. What is not proven then will not be by waiting.
 */
export function planValidator(aim: Aim, settled: boolean): Part {
  const { desired, observed, target } = aim;
  const validator = desired.validator;
  if (validator === undefined || !target.validatorMayRun) return { steps: [], findings: [] };
  const unit = observed.units.validator;
  if (unit.state === 'unknown') {
    const { reason } = unit;
    return {
      steps: [{ kind: 'await-runtime', lane: 'validator', layer: 'validator', reason }],
      findings: [],
    };
  }
  if (unit.state !== 'off' && planValidatorStop(aim).length === 0)
    return { steps: adoptSteps(aim), findings: [] };
  if (settled && !bothProven(aim)) return { steps: [], findings: [] };
  if (target.bundle === undefined) {
    const { iteration } = target.identity;
    return { steps: [{ kind: 'await-release', lane: 'validator', iteration }], findings: [] };
  }
  const missing = unit.state === 'off' ? keyFindings(aim) : [];
  if (missing.length > 0) return { steps: [], findings: missing };
  return {
    steps: startSteps(aim, validator),
    findings: unit.state === 'off' ? guardFindings(aim, validator) : [],
  };
}

function adoptSteps({ observed }: Aim): readonly Step[] {
  if (observed.units.validator.state !== 'stray') return [];
  return [{ kind: 'adopt', lane: 'validator', layer: 'validator' }];
}

function startSteps(aim: Aim, validator: DesiredValidator): readonly Step[] {
  const { observed, target } = aim;
  const { identity } = target;
  const { client, fingerprint, keySets } = validator;
  const { store, isNew } = neededProtection(aim, client);
  const leftMs = restartWaitMs(observed.crashes.validator);
  const quiet = observed.keysQuiet.known && observed.keysQuiet.value;
  const steps: Step[] = [];
  if (isNew) steps.push({ kind: 'open-protection', lane: 'validator', ...store });
  if (observed.keys.known && observed.keys.value.fingerprint !== observed.journal.keys?.fingerprint) {
    steps.push({ kind: 'record-keys', lane: 'validator', ...observed.keys.value });
  }
  if (leftMs > 0) steps.push({ kind: 'await-restart', lane: 'validator', layer: 'validator', leftMs });
  if (!quiet) steps.push({ kind: 'guard-keys', lane: 'validator', keySets, identity });
  const folder = protectionFolder(store);
  steps.push({ kind: 'start', lane: 'validator', layer: 'validator', client, fingerprint, folder, identity });
  return steps;
}

/** Fewer keys than were recorded mean loss until somebody says otherwise; unreadable ones wait. */
function keyFindings({ desired, observed }: Aim): readonly Finding[] {
  const recorded = observed.journal.keys;
  const subject = { node: desired.name, layer: 'validator' } as const;
  if (!observed.keys.known) {
    return [nodeFindings.create('EPH-NODE-KEYS-UNREADABLE', { reason: observed.keys.reason }, subject)];
  }
  const { count, fingerprint } = observed.keys.value;
  if (recorded === undefined || count >= recorded.count) return [];
  if (hasConsent(observed.journal, 'fewer-keys', fingerprint)) return [];
  const facts = { recorded: recorded.count, found: count, fingerprint };
  return [nodeFindings.create('EPH-NODE-KEYS-FEWER', facts, subject)];
}

function guardFindings({ desired, observed }: Aim, validator: DesiredValidator): readonly Finding[] {
  const quiet = observed.keysQuiet;
  const subject = { node: desired.name, layer: 'validator' } as const;
  if (quiet.known && quiet.value) return [];
  if (!quiet.known) return [nodeFindings.create('EPH-NODE-KEYS-UNSEEN', { reason: quiet.reason }, subject)];
  const facts = { keySets: validator.keySets.join(', ') };
  return [nodeFindings.create('EPH-NODE-KEYS-ACTIVE-ELSEWHERE', facts, subject)];
}
