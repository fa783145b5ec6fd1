import { shownUrl } from '../../base/http-url.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { iterationAt, releaseTag, type ScheduledIteration, scheduleOf } from '../../core/network/schedule.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from './known-network.ts';

export interface NetworkReport {
  /** Addresses without user name and password. */
  readonly definition: NetworkDefinition;
  /** Local networks: the API of the node that makes the blocks. */
  readonly followUrl?: string;
  readonly nowMs: number;
  /** By the clock; absent before the network's first iteration. */
  readonly current?: IterationReport;
  readonly next: IterationReport;
  /** Until the next iteration starts. */
  readonly leftSeconds: number;
  /** From then on the next release may be out. */
  readonly nextPublishedFromSeconds: number;
}

export interface IterationReport extends ScheduledIteration {
  readonly tag: string;
}

/** A network's definition and where its clock stands. Asks nobody. Throws as `knownNetwork`. */
export async function showNetwork(services: NetworkServices, wish: NetworkWish): Promise<NetworkReport> {
  const { definition, followUrl } = await knownNetwork(services, wish);
  return reportAt(definition, services.clock.nowMs(), followUrl);
}

function reportAt(definition: NetworkDefinition, nowMs: number, followUrl?: string): NetworkReport {
  const number = iterationAt(definition, nowMs);
  const next = iterationReport(definition, Math.max(0, number + 1));
  return {
    definition: withoutCredentials(definition),
    ...(followUrl === undefined ? {} : { followUrl }),
    nowMs,
    ...(number < 0 ? {} : { current: iterationReport(definition, number) }),
    next,
    leftSeconds: Math.ceil(next.startSeconds - nowMs / 1_000),
    nextPublishedFromSeconds: next.startSeconds - definition.publishLeadSeconds,
  };
}

function withoutCredentials(definition: NetworkDefinition): NetworkDefinition {
  const releaseSources = definition.releaseSources.map((source) =>
    source.kind === 'directory' ? source : { ...source, url: shownUrl(source.url) },
  );
  return { ...definition, releaseSources };
}

function iterationReport(definition: NetworkDefinition, iteration: number): IterationReport {
  return { ...scheduleOf(definition, iteration), tag: releaseTag(definition, iteration) };
}
