import type { DepositNetwork } from '../../core/keys/deposit-data.ts';
import type { SigningNetwork } from '../../core/keys/signed-messages.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { readBundleConfig } from '../../releases/bundle-config.ts';
import { chosenIteration } from '../network/iteration-choice.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from '../network/known-network.ts';
import { keyUseErrors } from './errors.ts';
import { endOf, iterationNow } from './keep-messages.ts';

/** Deposits are the same in every iteration; which one they are made in is remembered. */
export interface DepositingNetwork extends DepositNetwork {
  readonly iteration: number;
  readonly endsAtMs: number;
}

/** What deposits for a network are signed for; the same in every iteration. Throws EPH-KEYS-NO-FORK-VERSION. */
export async function depositNetwork(
  services: NetworkServices,
  wish: NetworkWish,
): Promise<DepositingNetwork> {
  const { definition } = await knownNetwork(services, wish);
  const now = { name: definition.name, ...iterationNow(definition, services.clock.nowMs()) };
  if (definition.genesisForkVersion !== undefined)
    return { ...now, genesisForkVersion: bytes(definition.genesisForkVersion) };
  const { name } = definition;
  const library = await services.openLibrary(definition);
  try {
    const [held] = await library.held();
    const version =
      held === undefined ? undefined : (await readBundleConfig(held.bundle)).hex('GENESIS_FORK_VERSION', 4);
    if (version === undefined) throw keyUseErrors.create('EPH-KEYS-NO-FORK-VERSION', { network: name });
    return { ...now, genesisForkVersion: bytes(version) };
  } finally {
    await library.close();
  }
}

export interface IterationWish extends NetworkWish {
  /** The clock's when absent. */
  readonly iteration?: number | undefined;
}

export interface SigningIteration extends SigningNetwork {
  readonly network: string;
  readonly iteration: number;
  readonly endsAtMs: number;
}

/**
 * What messages of one iteration are signed for; void in every other. Throws EPH-KEYS-NO-RELEASE when it is not held, and
 * EPH-KEYS-NO-FORK-VERSION when it has no Capella.
 */
export async function signingIteration(
  services: NetworkServices,
  wish: IterationWish,
): Promise<SigningIteration> {
  const { definition } = await knownNetwork(services, wish);
  const iteration = chosenIteration(definition, services.clock.nowMs(), wish.iteration);
  const library = await services.openLibrary(definition);
  try {
    const [held] = await library.held(iteration);
    if (held === undefined)
      throw keyUseErrors.create('EPH-KEYS-NO-RELEASE', { network: definition.name, iteration });
    return {
      network: definition.name,
      iteration,
      endsAtMs: endOf(definition, iteration),
      ...(await versionsOf(held.bundle, definition.name)),
    };
  } finally {
    await library.close();
  }
}

async function versionsOf(bundle: ReleaseBundle, network: string): Promise<SigningNetwork> {
  const config = await readBundleConfig(bundle);
  const genesis = config.hex('GENESIS_FORK_VERSION', 4);
  const capella = config.hex('CAPELLA_FORK_VERSION', 4);
  if (genesis === undefined || capella === undefined)
    throw keyUseErrors.create('EPH-KEYS-NO-FORK-VERSION', { network });
  return {
    genesisForkVersion: bytes(genesis),
    capellaForkVersion: bytes(capella),
    genesisValidatorsRoot: bytes(bundle.identity.genesisValidatorsRoot),
  };
}

/** What is remembered of messages of an iteration. */
export function messageNetwork({ network, iteration, endsAtMs, genesisValidatorsRoot }: SigningIteration) {
  const root = `0x${Buffer.from(genesisValidatorsRoot).toString('hex')}`;
  return { network, iteration, endsAtMs, genesisValidatorsRoot: root };
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
}
