import type { ApiWorld } from './world.ts';

/** A signature that is none. */
export const forged = new Uint8Array(96).fill(1);

/** Signs for any validator of the world, by its index. */
export function signer({ setup }: Pick<ApiWorld, 'setup'>): (index: number, root: Uint8Array) => Uint8Array {
  return (index, root) => setup.keys[index]?.secretKey.sign(root).toBytes() ?? forged;
}
