import type { LogReport } from '../control/reports.ts';

/** One program's output. */
export interface LogSource {
  readonly node: string;
  readonly layer: string;
  readonly lines: AsyncIterator<string>;
}

/** Program by program what is there, and to follow them, whichever has a line first. */
export async function* readSources(
  sources: readonly LogSource[],
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogReport> {
  if (follow) yield* merged(sources, signal);
  else for (const source of sources) yield* drained(source);
}

async function* drained({ node, layer, lines }: LogSource): AsyncGenerator<LogReport> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    yield { node, layer, line: next.value };
  }
}

async function* merged(sources: readonly LogSource[], signal: AbortSignal): AsyncGenerator<LogReport> {
  const pull = async (source: LogSource) => ({ source, result: await source.lines.next() });
  const pending = new Map(sources.map((source) => [source, pull(source)]));
  while (pending.size > 0 && !signal.aborted) {
    const { source, result } = await Promise.race(pending.values());
    if (result.done === true) {
      pending.delete(source);
      continue;
    }
    pending.set(source, pull(source));
    yield { node: source.node, layer: source.layer, line: result.value };
  }
}
