import type { ChaosCommand } from '../../mayfly/chaos/chaos-command.ts';
import { askDevnet, type DevnetServices, noAnswer, settingsOfDevnet } from './ask-devnet.ts';
import { producerApiUrl } from './devnet-settings.ts';

/** What can be ordered of the node that makes the blocks. */
export type ChaosOrder = ChaosCommand;

export interface ChaosReport {
  readonly devnet: string;
  /** Everything in force or still to come. */
  readonly active: readonly ActiveOrder[];
}

/** An order, its own settings beside these. */
export interface ActiveOrder {
  readonly kind: string;
  readonly fromSlot?: number;
  /** The last one; absent for orders that end by time, by their effect, or when they are cleared. */
  readonly toSlot?: number;
  readonly [setting: string]: unknown;
}

export type ChaosRequest = { readonly devnet: string; readonly signal: AbortSignal } & (
  | { readonly do: 'order'; readonly order: ChaosOrder }
  | { readonly do: 'list' | 'clear' }
);

const methods = { order: 'POST', list: 'GET', clear: 'DELETE' } as const;

/**
 * Orders, lists or clears disturbances of a devnet's blocks and of its API; says what is in force then. Throws
 * EPH-FLEET-NO-DEVNET, EPH-DEVNET-NO-ANSWER, EPH-DEVNET-REFUSED, and the signal's reason.
 */
export async function devnetChaos(services: DevnetServices, request: ChaosRequest): Promise<ChaosReport> {
  const { devnet: name, signal } = request;
  const settings = await settingsOfDevnet(services, name);
  const question = {
    name,
    part: 'producer',
    url: `${producerApiUrl(settings)}/mayfly/v1/chaos`,
    method: methods[request.do],
    signal,
    ...(request.do === 'order' ? { body: request.order } : {}),
  };
  const body = await askDevnet(services, question);
  const active = activeIn(body);
  if (active === undefined) throw noAnswer(question, 'it is no list of disturbances');
  return { devnet: name, active };
}

function activeIn(body: unknown): readonly ActiveOrder[] | undefined {
  const active = (body as { data?: { active?: unknown } } | null)?.data?.active;
  return Array.isArray(active) && active.every(isOrder) ? active : undefined;
}

function isOrder(value: unknown): value is ActiveOrder {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
