import { hexOf, wholeNumber } from './release-files.ts';

/** The fields of a geth-style `genesis.json` that we use. */
export interface ExecutionGenesis {
  readonly chainId?: number;
  readonly timestampSeconds?: number;
  readonly depositContractAddress?: string;
  /** Seconds by the name of the field (`shanghaiTime`, `pragueTime`, …). */
  readonly forkTimes: ReadonlyMap<string, number>;
}

/** Takes what we use out of a parsed `genesis.json`; fields absent or of the wrong form are left out. */
export function readExecutionGenesis(content: unknown): ExecutionGenesis {
  const top = fieldsOf(content);
  const config = fieldsOf(top.config);
  const chainId = wholeNumber(config.chainId);
  const timestampSeconds = wholeNumber(top.timestamp);
  const depositContractAddress = hexOf(config.depositContractAddress, 20);
  const times = Object.entries(config).flatMap(([field, value]) => {
    const seconds = wholeNumber(value);
    return /^[a-z0-9]{1,30}Time$/.test(field) && seconds !== undefined ? [[field, seconds] as const] : [];
  });
  return {
    ...(chainId === undefined ? {} : { chainId }),
    ...(timestampSeconds === undefined ? {} : { timestampSeconds }),
    ...(depositContractAddress === undefined ? {} : { depositContractAddress }),
    forkTimes: new Map(times),
  };
}

/** The fields of an object, or none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
