import type { RefusedClient } from '../client.ts';

export const grandineValidator: RefusedClient = {
  id: 'grandine',
  layer: 'validator',
  displayName: 'Grandine',
  reason:
    'Grandine signs only inside its own beacon node: it cannot be stopped, guarded and moved apart from the chain.',
  remedy: 'Choose another validator client; it works with a Grandine beacon node.',
};
