/** One moment of a series: any few numbers, by name. */
export interface HistoryPoint {
  readonly series: string;
  /** Wall clock. */
  readonly atMs: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface HistoryQuery {
  readonly series: string;
  readonly sinceMs: number;
  /** More points than this are thinned evenly. */
  readonly most: number;
}

/**
 * What was measured, for charts. Opened for writing by the supervisor alone; it may be deleted at any time
 * without harm, and nothing is ever decided by it.
 */
export interface History {
  append(points: readonly HistoryPoint[]): Promise<void>;
  /** Oldest first. What cannot be read is left out. */
  read(query: HistoryQuery): Promise<readonly HistoryPoint[]>;
}
