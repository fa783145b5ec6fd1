import { HttpClient } from '../../base/http.ts';
import { openCheckpointProvider } from '../../chain/http/checkpoint-provider.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import type { CheckpointChoice, ProviderVerdict } from '../../core/sync/checkpoint.ts';
import { epochAt, slotTiming } from '../../core/sync/slot-timing.ts';
import { networkUseErrors } from '../network/errors.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from '../network/known-network.ts';
import { readConfig } from './checkpoint-desk.ts';
import { surveyFindings, surveyProviders } from './survey-providers.ts';

export interface CheckpointsReport {
  readonly network: string;
  readonly iteration: number;
  /** By the clock; below zero before the genesis. */
  readonly currentEpoch: number;
  readonly providers: readonly ProviderVerdict[];
  /** What a new consensus database would begin with if one were made now. */
  readonly choice: CheckpointChoice;
  readonly findings: readonly Finding[];
}

export interface CheckpointsWish extends NetworkWish {
  /** Asked before those of the network. */
  readonly providers: readonly string[];
}

/** Asks all checkpoint providers of a network. Throws EPH-NETWORK-NO-RELEASE and as `knownNetwork`. */
export async function askCheckpoints(
  services: NetworkServices,
  wish: CheckpointsWish,
): Promise<CheckpointsReport> {
  const { clock, host } = services;
  const { definition } = await knownNetwork(services, wish);
  const iteration = iterationAt(definition, clock.nowMs());
  const library = await services.openLibrary(definition);
  const http = new HttpClient({ clock, environment: host.env });
  try {
    const [held] = await library.held(iteration);
    const network = definition.name;
    if (held === undefined) throw networkUseErrors.create('EPH-NETWORK-NO-RELEASE', { network, iteration });
    const { genesisTimeSeconds, genesisValidatorsRoot } = held.bundle.identity;
    const timing = slotTiming(await readConfig(held.bundle));
    const currentEpoch = epochAt(genesisTimeSeconds, timing, clock.nowMs());
    const urls = [...new Set([...wish.providers, ...definition.checkpointProviders])];
    const providers = urls.map((url) => openCheckpointProvider(url, { http, clock }));
    const survey = await surveyProviders(providers, { genesisValidatorsRoot, currentEpoch, timing });
    return {
      network,
      iteration,
      currentEpoch,
      providers: survey.verdicts,
      choice: survey.choice,
      findings: surveyFindings(survey),
    };
  } finally {
    await http.close();
    await library.close();
  }
}
