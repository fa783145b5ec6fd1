import { writtenDuration } from '../base/duration.ts';
import { writtenMemory } from './parts/limits.ts';
import type { Config, NodeConfig } from './schema.ts';

/** A configuration in the form of its file, defaults in place: durations and amounts as text, under the names that they have there. */
export function writtenConfig({ networks, nodes, hooks, backup, ...rest }: Config): unknown {
  return {
    ...rest,
    nodes: Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, writtenNode(node)])),
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, { devnet, ...network }]) => [
        name,
        { ...network, ...(devnet === undefined ? {} : { devnet: writtenDevnet(devnet) }) },
      ]),
    ),
    hooks: hooks.map(({ timeoutMs, ...hook }) => ({ ...hook, timeout: writtenDuration(timeoutMs) })),
    ...(backup === undefined ? {} : { backup: writtenBackup(backup) }),
  };
}

function writtenNode(node: NodeConfig): unknown {
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      typeof value === 'object' ? writtenLimits(value) : value,
    ]),
  );
}

/** Of a client, or of the database of a signer. */
function writtenLimits(part: object): object {
  const { limits, database } = part as Pick<NodeConfig['execution'], 'limits'> & { database?: object };
  return {
    ...part,
    ...(database === undefined ? {} : { database: writtenLimits(database) }),
    ...(limits === undefined ? {} : { limits: writtenAmounts(limits) }),
  };
}

function writtenAmounts({ memoryBytes, ...limits }: NonNullable<NodeConfig['execution']['limits']>) {
  return { ...limits, ...(memoryBytes === undefined ? {} : { memory: writtenMemory(memoryBytes) }) };
}

function writtenDevnet({ slotMs, periodMs, ...devnet }: NonNullable<Config['networks'][string]['devnet']>) {
  return {
    ...devnet,
    ...(slotMs === undefined ? {} : { slot: writtenDuration(slotMs) }),
    ...(periodMs === undefined ? {} : { period: writtenDuration(periodMs) }),
  };
}

function writtenBackup({ every, keep, drill, ...backup }: NonNullable<Config['backup']>) {
  return {
    ...backup,
    every: writtenDuration(every),
    keep: { ...keep, age: writtenDuration(keep.age) },
    ...(drill === undefined ? {} : { drill: { ...drill, every: writtenDuration(drill.every) } }),
  };
}
