import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import type { ApiNode } from './api-node.ts';

/** The event stream. */
export function eventsMethods({ chain }: ApiNode): BeaconApiMethods['events'] {
  return {
    eventstream: async ({ topics, signal, onEvent }) => {
      const wanted = new Set(topics);
      const unsubscribe = chain.events.subscribe((event) => {
        if (wanted.has(event.type)) onEvent(event);
      });
      signal.addEventListener('abort', unsubscribe, { once: true });
    },
  };
}
