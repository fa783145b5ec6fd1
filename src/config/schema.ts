import { z } from 'zod';
import { backupPart } from './parts/backup.ts';
import { name } from './parts/forms.ts';
import { hookPart } from './parts/hook.ts';
import { keySetPart } from './parts/key-set.ts';
import { networkPart } from './parts/network.ts';
import { nodePart } from './parts/node.ts';
import { retentionPart } from './parts/retention.ts';

/** `ephemery.yaml`, version 1, whole. The reference is generated from it. */
export const configSchema = z.strictObject({
  version: z.literal(1).describe('The version of this file.'),
  networks: z
    .record(name, networkPart)
    .default({})
    .describe('Networks beside those built in (ephemery and devnet), by name.'),
  nodes: z
    .record(name, nodePart)
    .describe('What should run: one execution and one consensus client each, by name.'),
  keySets: z.record(name, keySetPart).default({}).describe('Validator keys that move together, by name.'),
  hooks: z.array(hookPart).max(100).default([]).describe('What else is done at a reset.'),
  retention: retentionPart.prefault({}),
  backup: backupPart.optional().describe('Backups of keys, made by themselves; none unless told.'),
});

/** Parsed, with defaults in place and durations in milliseconds. */
export type Config = z.output<typeof configSchema>;
export type NodeConfig = Config['nodes'][string];
export type ClientConfig = NodeConfig['execution'];
export type NetworkConfig = Config['networks'][string];
export type HookConfig = Config['hooks'][number];
