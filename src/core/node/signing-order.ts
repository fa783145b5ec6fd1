/** What a person, or an alarm, said about the signers of a node. It holds until somebody says otherwise. */
export interface SigningOrder {
  /** stop: end as a client does and stay down. halt: at once, whatever it takes, and stay down. */
  readonly order: 'run' | 'stop' | 'halt';
  readonly reason: string;
  readonly atMs: number;
  /** Keys that were slashed when signing was last allowed: seen already, and no reason to halt again. */
  readonly slashedBefore: readonly string[];
}

/** A reason to end all signing at once, and the keys that are slashed by now. */
export interface SigningAlarm {
  readonly reason: string;
  readonly slashed: readonly string[];
}

export const runAsPlanned: SigningOrder = { order: 'run', reason: '', atMs: 0, slashedBefore: [] };

/** A halt leaves a signer this long before it is killed. */
export const haltDeadlineMs = 700;
