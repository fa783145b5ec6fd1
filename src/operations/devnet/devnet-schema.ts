import { z } from 'zod';
import { forkNames } from '../../core/network/forks.ts';
import type { DevnetSettings } from './devnet-settings.ts';

const count = z.int().positive();
const port = z.int().min(1).max(65_535);

const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  seed: z.string().min(1).max(200),
  validators: count,
  slotSeconds: count,
  periodSeconds: count,
  genesisDelaySeconds: count,
  baseTimeSeconds: count,
  baseChainId: count,
  lastFork: z.enum(forkNames),
  ports: z.strictObject({ releaser: port, api: port, rpc: port, engine: port, p2p: port }),
});

/** Parses what `devnet.json` holds. Throws a ZodError. */
export function parseDevnetSettings(value: unknown): DevnetSettings {
  return schema.parse(value);
}
