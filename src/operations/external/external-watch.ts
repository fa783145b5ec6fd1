import { type Clock, maxSleepMs } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { ExecutionApi } from '../../chain/execution.ts';
import type { ExternalNode, SeenExternal } from '../../core/external/external-node.ts';
import { type ExternalVerdict, judgeExternal } from '../../core/external/judge-external.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { FindingBoard } from '../node/finding-board.ts';
import type { NodeReleases } from '../node/node-environment.ts';
import type { NodeEvent } from '../node/node-event.ts';

export interface ExternalEnvironment {
  readonly clock: Clock;
  readonly log: Log;
  readonly releases: NodeReleases;
  readonly beacon: (url: string) => BeaconApi;
  readonly execution: (url: string) => ExecutionApi;
  readonly emit: (event: NodeEvent) => void;
}

export interface ExternalStatus {
  readonly seen: SeenExternal;
  readonly verdict: ExternalVerdict;
  readonly known: readonly NetworkIdentity[];
}

const lookEveryMs = 15_000;
const fetchEveryMs = 600_000;

/** Looks at a node that somebody else runs, again and again. Nothing of that node is ever changed. */
export class ExternalWatch {
  readonly node: ExternalNode;
  private readonly env: ExternalEnvironment;
  private readonly board: FindingBoard;
  private last: ExternalStatus | undefined;
  private fetchedAtMs: number | undefined;

  constructor(node: ExternalNode, env: ExternalEnvironment) {
    this.node = node;
    this.env = env;
    this.board = new FindingBoard(node.name, env.emit);
  }

  /** What was seen last; undefined before the first look. */
  get status(): ExternalStatus | undefined {
    return this.last;
  }

  get findings(): readonly Finding[] {
    return this.board.findings;
  }

  /** Works until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.env;
    while (!signal.aborted) {
      try {
        await this.fetchRelease(signal);
        await this.look();
      } catch (cause) {
        if (signal.aborted) return;
        log.warn('an observed node could not be looked at', {
          node: this.node.name,
          reason: messageOf(cause),
        });
      }
      await clock.sleep(Math.min(lookEveryMs, maxSleepMs), signal).catch(() => undefined);
    }
  }

  /** Asks both clients once. What does not answer is unknown. */
  async look(): Promise<ExternalStatus> {
    const [seen, known] = await Promise.all([this.ask(), this.identities()]);
    const verdict = judgeExternal(this.node, seen, { nowMs: this.env.clock.nowMs(), known });
    this.last = { seen, verdict, known };
    this.board.update(verdict.findings);
    return this.last;
  }

  private async ask(): Promise<SeenExternal> {
    const execution = this.env.execution(this.node.execution.url);
    const beacon = this.env.beacon(this.node.consensus.url);
    const [chainId, first, latest, executionVersion, genesis, consensusVersion, syncing] = await Promise.all([
      execution.chainId(),
      execution.block(0),
      execution.block('latest'),
      execution.version(),
      beacon.genesis(),
      beacon.version(),
      beacon.syncing(),
    ]);
    return {
      chainId,
      executionGenesisHash: first.known ? { known: true, value: first.value.hash } : first,
      executionHead: latest.known ? { known: true, value: latest.value.number } : latest,
      executionVersion,
      genesisTimeSeconds: genesis.known ? { known: true, value: genesis.value.genesisTimeSeconds } : genesis,
      genesisValidatorsRoot: genesis.known
        ? { known: true, value: genesis.value.genesisValidatorsRoot }
        : genesis,
      consensusVersion,
      syncing,
    };
  }

  /** Of the verified releases on this disk those that the node can be on: the wanted one and its neighbours. */
  private async identities(): Promise<readonly NetworkIdentity[]> {
    const wanted = iterationAt(this.node.network, this.env.clock.nowMs());
    const numbers = [wanted - 1, wanted, wanted + 1].filter((iteration) => iteration >= 0);
    const held = await Promise.all(numbers.map((iteration) => this.env.releases.held(iteration)));
    return held.flat().map(({ identity }) => identity);
  }

  /** The release of the wanted iteration is what the node is held against; without it the numbers must do. */
  private async fetchRelease(signal: AbortSignal): Promise<void> {
    const { clock, releases } = this.env;
    const wanted = iterationAt(this.node.network, clock.nowMs());
    if (wanted < 0 || (await releases.held(wanted)).length > 0) return;
    const nowMs = clock.monotonicMs();
    if (this.fetchedAtMs !== undefined && nowMs - this.fetchedAtMs < fetchEveryMs) return;
    this.fetchedAtMs = nowMs;
    await releases.obtain(wanted, signal);
  }
}
