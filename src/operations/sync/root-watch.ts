import { type Clock, maxSleepMs } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { History, HistoryPoint } from '../../storage/history.ts';
import { controlErrors } from '../control/errors.ts';
import type { NodesRequest } from '../control/requests.ts';
import type { PeersReport, SyncReport } from '../control/watch-reports.ts';
import { httpWatchChain, NodeWatch, type WatchChain } from './node-watch.ts';
import { reportPeers, reportSync } from './watch-report.ts';
import type { WatchedNode } from './watched-node.ts';

export interface RootWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly nodes: () => readonly WatchedNode[];
  readonly history: History;
  /** Only the supervisor writes the history. */
  readonly records: boolean;
  /** HTTP unless told. */
  readonly chain?: WatchChain;
}

const slowestLookMs = 10_000;
const fastestLookMs = 2_000;

/** Watches sync and peers of all nodes of a root. What cannot be watched or written is never more than a gap in a chart. */
export class RootWatch {
  private readonly options: RootWatchOptions;
  private readonly watches = new Map<string, { readonly key: string; readonly watch: NodeWatch }>();

  constructor(options: RootWatchOptions) {
    this.options = options;
  }

  /** Works until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await this.options.clock.sleep(Math.min(this.pauseMs(), maxSleepMs), signal).catch(() => undefined);
    }
  }

  /** Looks at every node once. */
  async look(): Promise<void> {
    const { log, history, records } = this.options;
    const points = await Promise.all(
      this.current().map(async ({ node, watch }): Promise<readonly HistoryPoint[]> => {
        try {
          return await watch.look();
        } catch (cause) {
          log.warn('a node could not be watched', { node: node.name, reason: messageOf(cause) });
          return [];
        }
      }),
    );
    if (!records) return;
    await history.append(points.flat()).catch((cause: unknown) => {
      log.debug('the history could not be written', { reason: messageOf(cause) });
    });
  }

  /** Throws EPH-CONTROL-NO-NODE. */
  sync({ node }: NodesRequest): Promise<readonly SyncReport[]> {
    return Promise.all(this.chosen(node).map((seen) => reportSync(seen, this.options)));
  }

  /** Throws EPH-CONTROL-NO-NODE. */
  peers({ node }: NodesRequest): Promise<readonly PeersReport[]> {
    return Promise.all(this.chosen(node).map((seen) => reportPeers(seen, this.options)));
  }

  private chosen(wanted: string | undefined) {
    const all = this.current();
    const chosen = wanted === undefined ? all : all.filter(({ node }) => node.name === wanted);
    if (wanted === undefined || chosen.length > 0) return chosen;
    throw controlErrors.create('EPH-CONTROL-NO-NODE', {
      node: wanted,
      known: all.map(({ node }) => node.name),
    });
  }

  /** The nodes of now, each with the watch that it had, unless it is to be asked elsewhere. */
  private current(): readonly { readonly node: WatchedNode; readonly watch: NodeWatch }[] {
    const nodes = this.options.nodes();
    const names = nodes.map(({ name }) => name);
    for (const name of this.watches.keys()) if (!names.includes(name)) this.watches.delete(name);
    const { clock, chain = httpWatchChain } = this.options;
    return nodes.map((node) => {
      const { executionUrl, beaconUrl, network, ports, clients } = node;
      const key = JSON.stringify([executionUrl, beaconUrl, network, ports, clients.execution]);
      const known = this.watches.get(node.name);
      const watch = known?.key === key ? known.watch : new NodeWatch(node, { clock, chain });
      this.watches.set(node.name, { key, watch });
      return { node, watch };
    });
  }

  /** Short slots are looked at more often; so is what has not answered yet. */
  private pauseMs(): number {
    const slots = [...this.watches.values()].map(({ watch }) => watch.sync.timing?.slotSeconds ?? 0);
    return Math.min(slowestLookMs, Math.max(fastestLookMs, Math.min(...slots, 12) * 1_000));
  }
}
