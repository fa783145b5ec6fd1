import { releaseTag } from '../../core/network/schedule.ts';
import type { Fault } from '../../releases/serve/faults.ts';
import { askDevnet, type DevnetServices, noAnswer, settingsOfDevnet } from './ask-devnet.ts';
import { type DevnetSettings, devnetDefinition, releaserUrl } from './devnet-settings.ts';

/** How the releaser is to misbehave; iterations stand for their releases' tags. */
export type FaultOrder = Omit<Fault, 'tag' | 'insteadTag'> & {
  readonly iteration?: number;
  readonly insteadIteration?: number;
};

export interface FaultsReport {
  readonly devnet: string;
  /** The first that fits an answer is used; `times` is what is left of it. */
  readonly faults: readonly Fault[];
}

export type FaultsRequest = { readonly devnet: string; readonly signal: AbortSignal } & (
  | { readonly do: 'order'; readonly fault: FaultOrder }
  | { readonly do: 'list' | 'clear' }
);

/**
 * Adds a fault to those of a devnet's releaser, lists them or clears them all; says which are set then. Throws
 * EPH-FLEET-NO-DEVNET, EPH-DEVNET-NO-ANSWER, EPH-DEVNET-REFUSED, and the signal's reason.
 */
export async function devnetFaults(services: DevnetServices, request: FaultsRequest): Promise<FaultsReport> {
  const { devnet: name, signal } = request;
  const settings = await settingsOfDevnet(services, name);
  const target = { name, part: 'releaser', url: `${releaserUrl(settings)}/releaser/v1/faults`, signal };
  const ask = async (method: 'GET' | 'PUT' | 'DELETE', body?: unknown): Promise<readonly Fault[]> => {
    const given = body === undefined ? {} : { body };
    const faults = faultsIn(await askDevnet(services, { ...target, method, ...given }));
    if (faults === undefined) throw noAnswer(target, 'it is no list of faults');
    return faults;
  };
  if (request.do !== 'order') {
    return { devnet: name, faults: await ask(request.do === 'list' ? 'GET' : 'DELETE') };
  }
  const faults = [...(await ask('GET')), faultOf(request.fault, settings)];
  return { devnet: name, faults: await ask('PUT', faults) };
}

function faultOf(order: FaultOrder, settings: DevnetSettings): Fault {
  const { iteration, insteadIteration, ...fault } = order;
  const definition = devnetDefinition(settings);
  return {
    ...fault,
    ...(iteration === undefined ? {} : { tag: releaseTag(definition, iteration) }),
    ...(insteadIteration === undefined ? {} : { insteadTag: releaseTag(definition, insteadIteration) }),
  };
}

function faultsIn(body: unknown): readonly Fault[] | undefined {
  const faults = (body as { faults?: unknown } | null)?.faults;
  return Array.isArray(faults) && faults.every(isFault) ? faults : undefined;
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
