import { identityName } from '../network/identity.ts';
import type { Aim, Part } from './aim.ts';
import { type ChainLayer, chainLayers, type DesiredValidator } from './desired.ts';
import { keysIn } from './journal-state.ts';
import { keyLoss } from './key-loss.ts';
import { isProven, type LayerVerdict, wrongBeforeBelieved } from './layer-verdict.ts';
import { signerDiffers, signerStart } from './plan-signer.ts';
import { chooseProtection, type ProtectionChoice, protectionFolder } from './protection-choice.ts';
import { restartWaitMs } from './restart-policy.ts';
import { haltDeadlineMs } from './signing-order.ts';
import type { Step, StopReason } from './step.ts';
import { gateFindings, guardFindings } from './validator-gates.ts';

type UsableProtection = Extract<ProtectionChoice, { kind: 'ready' | 'new' }>;

/** Stops a validator client that must not run: before any other client is touched. */
export function planValidatorStop(aim: Aim): readonly Step[] {
  const unit = aim.observed.units.validator.state;
  // Whose signer was ended from elsewhere is still to be told.
  const isInside = aim.observed.journal.runs.validator?.host !== undefined;
  if (unit !== 'running' && unit !== 'stray' && !(unit === 'off' && isInside)) return [];
  const reason = reasonToStop(aim);
  if (reason === undefined) return [];
  const { signal, deadlineMs } = (aim.desired.validator ?? aim.desired.consensus).stop;
  const hurried = reason === 'halted' ? Math.min(deadlineMs, haltDeadlineMs) : deadlineMs;
  return [
    ...haltSteps(aim),
    { kind: 'stop', lane: 'network', layer: 'validator', reason, signal, deadlineMs: hurried },
  ];
}

/** What was seen on the chain is written down before the client is stopped: a kill in between starts nothing. */
function haltSteps({ observed: { signingAlarm, signingOrder } }: Aim): readonly Step[] {
  if (signingAlarm === undefined || (signingOrder.known && signingOrder.value.order === 'halt')) return [];
  return [{ kind: 'halt-signing', lane: 'network', ...signingAlarm }];
}

function reasonToStop(aim: Aim): StopReason | undefined {
  const { desired, observed, target } = aim;
  if (desired.validator === undefined) return 'not-configured';
  const ordered = orderedStop(aim);
  if (ordered !== undefined) return ordered;
  if (!target.validatorMayRun) return 'iteration-over';
  const unproven = networkDoubt(aim);
  const stray = observed.units.validator.state === 'stray';
  const run = stray ? observed.journal.starting.validator : observed.journal.runs.validator;
  if (run === undefined) return 'unknown-run';
  if (run.identity !== identityName(target.identity)) return 'reset';
  if (unproven !== undefined) return unproven;
  if ((observed.otherCheckpoint?.times ?? 0) >= wrongBeforeBelieved) return 'wrong-network';
  if (keyLoss(observed) !== undefined) return 'keys-missing';
  const protection = protectionFor(aim, desired.validator);
  if (protection.kind === 'damaged') return 'protection-damaged';
  if (signerDiffers(aim)) return 'new-settings';
  // It is not made whole under them: its start is theirs.
  if (run.host !== undefined && observed.signer?.state === 'half') return 'recovery';
  const isSame =
    run.fingerprint === desired.validator.fingerprint && isOn(run, protection, desired.validator.client);
  if (isSame) return undefined;
  return stray ? 'unknown-run' : 'new-settings';
}

function orderedStop({ observed: { signingAlarm, signingOrder } }: Aim): StopReason | undefined {
  if (signingAlarm !== undefined) return 'halted';
  if (!signingOrder.known || signingOrder.value.order === 'run') return undefined;
  return signingOrder.value.order === 'halt' ? 'halted' : 'stopped-by-hand';
}

function protectionFor({ observed, target }: Aim, { client }: DesiredValidator): ProtectionChoice {
  const { genesisValidatorsRoot } = target.identity;
  return chooseProtection(observed, { genesisValidatorsRoot, client });
}

/** Where the stores cannot be looked at, the run is taken at its record's word. */
function isOn(
  run: { readonly folder: string; readonly client: string },
  protection: ProtectionChoice,
  client: string,
): boolean {
  if (protection.kind === 'unknown') return run.client === client;
  return protection.kind === 'ready' && run.folder === protectionFolder(protection.store);
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
  const protection = protectionFor(aim, validator);
  const gates = gateFindings(aim, protection);
  if (unit.state !== 'off' && planValidatorStop(aim).length === 0)
    return { steps: [...adoptSteps(aim), ...besideRunning(aim, validator)], findings: [] };
  if (gates.length > 0 || !isUsable(protection)) return { steps: [], findings: gates };
  if (observed.otherCheckpoint !== undefined || (settled && !bothProven(aim)))
    return { steps: [], findings: [] };
  if (target.bundle === undefined) {
    const { iteration } = target.identity;
    return { steps: [{ kind: 'await-release', lane: 'validator', iteration }], findings: [] };
  }
  return {
    steps: startSteps(aim, validator, protection),
    findings: unit.state === 'off' ? guardFindings(aim, validator) : [],
  };
}

function besideRunning(aim: Aim, validator: DesiredValidator): readonly Step[] {
  const signer = validator.host === undefined ? signerStart(aim) : [];
  return [...signer, ...loadSteps(aim, validator)];
}

function isUsable(protection: ProtectionChoice): protection is UsableProtection {
  return protection.kind === 'ready' || protection.kind === 'new';
}

function adoptSteps({ observed }: Aim): readonly Step[] {
  if (observed.units.validator.state !== 'stray') return [];
  return [{ kind: 'adopt', lane: 'validator', layer: 'validator' }];
}

/** Keys that came while the client runs, and what its keys are told, need no restart. */
function loadSteps({ observed, target }: Aim, { keySets, keySettings }: DesiredValidator): readonly Step[] {
  const { keys, journal, units } = observed;
  const run = journal.runs.validator;
  if (units.validator.state !== 'running' || run === undefined) return [];
  if (keySettings === undefined || keySets.length === 0 || !keys.known) return [];
  const fingerprint = `${keys.value.fingerprint}-${keySettings}`;
  const { loaded } = journal;
  const isLoaded = loaded?.token === keysIn(journal) && loaded?.fingerprint === fingerprint;
  const { identity } = target;
  return [
    ...(isLoaded ? [] : [{ kind: 'load-keys', lane: 'validator', keySets, identity, fingerprint } as const]),
    // Only once they are there: until then a restart guards them as all others.
    ...(keys.value.fingerprint === journal.keys?.fingerprint
      ? []
      : [{ kind: 'record-keys', lane: 'validator', ...keys.value } as const]),
  ];
}

function startSteps(
  aim: Aim,
  validator: DesiredValidator,
  { kind, store }: UsableProtection,
): readonly Step[] {
  const { observed, target } = aim;
  const { identity } = target;
  const { client, fingerprint, keySets, host } = validator;
  const leftMs = restartWaitMs(observed.crashes.validator);
  const quiet = observed.keysQuiet.known && observed.keysQuiet.value;
  const steps: Step[] = [];
  if (kind === 'new') steps.push({ kind: 'open-protection', lane: 'validator', ...store });
  if (observed.keys.known && observed.keys.value.fingerprint !== observed.journal.keys?.fingerprint) {
    steps.push({ kind: 'record-keys', lane: 'validator', ...observed.keys.value });
  }
  if (leftMs > 0) steps.push({ kind: 'await-restart', lane: 'validator', layer: 'validator', leftMs });
  if (!quiet) steps.push({ kind: 'guard-keys', lane: 'validator', keySets, identity });
  const folder = protectionFolder(store);
  const begin = {
    kind: 'start',
    lane: 'validator',
    layer: 'validator',
    client,
    fingerprint,
    folder,
  } as const;
  const signers = signerStart(aim);
  if (host === undefined) return [...steps, ...signers, { ...begin, identity }];
  // What is there already could sign from its signer's start on: whose the keys are is written down before that.
  return [
    ...steps,
    ...signers.map((step) =>
      step.kind === 'start-signer' ? { ...begin, identity, inside: { host, signer: step } } : step,
    ),
  ];
}
