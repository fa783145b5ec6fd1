import { z } from 'zod';
import { devnetDefaults, fewestDevnetValidators } from '../../core/network/devnet-defaults.ts';
import { duration, path, toldUrl } from './forms.ts';

const { slotSeconds, periodSeconds, validators } = devnetDefaults;

const devnet = z
  .strictObject({
    slot: duration
      .optional()
      .describe(`The length of a slot, 1s to 12s in whole seconds; ${slotSeconds}s when absent.`),
    period: duration
      .optional()
      .describe(`How long an iteration lasts, in whole seconds; ${periodSeconds}s when absent.`),
    validators: z
      .int()
      .min(fewestDevnetValidators)
      .max(100_000)
      .optional()
      .describe(`How many validators it has, all of them simulated; ${validators} when absent.`),
    seed: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe('What its keys are derived from; random when absent.'),
  })
  .transform(({ slot, period, ...rest }) => ({ slotMs: slot, periodMs: period, ...rest }));

/** A network of one's own: exactly one of the keys. */
export const networkPart = z
  .strictObject({
    file: path.optional().describe("A file with the network's definition."),
    follow: toldUrl
      .optional()
      .describe("Of a simulated network: its producer's Beacon API, which Mayfly follows. Goes with file."),
    devnet: devnet.optional().describe('A network of our own on this machine, which resets by itself.'),
  })
  .refine((network) => (network.file === undefined) !== (network.devnet === undefined), {
    error: 'must have exactly one of the keys file and devnet',
  })
  .refine(({ follow, devnet }) => follow === undefined || devnet === undefined, {
    error: 'must be absent: a devnet has a producer of its own',
    path: ['follow'],
  });
