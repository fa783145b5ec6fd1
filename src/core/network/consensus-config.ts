import { fieldsOf } from './execution-genesis.ts';
import { type ForkName, forkNames } from './forks.ts';
import { hexOf, wholeNumber } from './release-files.ts';

/** Epochs and versions of one fork in a `config.yaml`. */
export interface ScheduledFork {
  readonly fork: ForkName;
  readonly epoch: number;
  /** 4 bytes as hex; absent when the file gives none. */
  readonly version?: string;
}

/** A consensus `config.yaml`: any of its values by key, and the forks it schedules, in order. */
export interface ConsensusConfig {
  number(key: string): number | undefined;
  hex(key: string, byteLength: number): string | undefined;
  text(key: string): string | undefined;
  readonly forks: readonly ScheduledFork[];
  /** Keys like `HEZE_FORK_EPOCH` with an epoch, of forks that we do not know. */
  readonly unknownForks: readonly string[];
}

/** Reads a parsed `config.yaml` whose scalars are all text (YAML's failsafe schema). Unknown keys pass. */
export function readConsensusConfig(content: unknown): ConsensusConfig {
  const fields = fieldsOf(content);
  const text = (key: string) => {
    const value = fields[key];
    return typeof value === 'string' ? value : undefined;
  };
  const hex = (key: string, byteLength: number) => hexOf(fields[key], byteLength);
  const number = (key: string) => wholeNumber(fields[key]);
  const forks = forkNames.flatMap((fork) => {
    // The far-future epoch, 2^64 - 1, is no safe integer and so means: not scheduled.
    const epoch = fork === 'phase0' ? 0 : number(`${fork.toUpperCase()}_FORK_EPOCH`);
    const version = hex(fork === 'phase0' ? 'GENESIS_FORK_VERSION' : `${fork.toUpperCase()}_FORK_VERSION`, 4);
    return epoch === undefined ? [] : [{ fork, epoch, ...(version === undefined ? {} : { version }) }];
  });
  return { number, hex, text, forks, unknownForks: unknownForks(fields) };
}

function unknownForks(fields: Readonly<Record<string, unknown>>): readonly string[] {
  const known = new Set(forkNames.map((fork) => `${fork.toUpperCase()}_FORK_EPOCH`));
  return Object.keys(fields).filter(
    (key) =>
      /^[A-Z0-9]{2,20}_FORK_EPOCH$/.test(key) && !known.has(key) && wholeNumber(fields[key]) !== undefined,
  );
}

/** The highest fork with a scheduled epoch. */
export function highestFork(config: ConsensusConfig): ForkName {
  return config.forks.at(-1)?.fork ?? 'phase0';
}
