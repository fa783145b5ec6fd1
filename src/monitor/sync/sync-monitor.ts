import type { Clock } from '../../base/clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { BeaconNetworkApi, ExecutionNetworkApi } from '../../chain/node-network.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { syncFindings } from '../../core/findings/sync.ts';
import { type ChainLayer, chainLayers } from '../../core/node/desired.ts';
import { type Arrival, arrivalOf } from '../../core/sync/arrival.ts';
import { type ProgressTrack, stalledForMs, tracked } from '../../core/sync/progress-track.ts';
import { type RobustSlope, robustSlope } from '../../core/sync/robust-slope.ts';
import { type SlotTiming, slotAt, usualTiming } from '../../core/sync/slot-timing.ts';
import {
  consensusStage,
  executionStage,
  type SyncReader,
  type SyncStage,
} from '../../core/sync/sync-stage.ts';

export interface SyncMonitorOptions {
  readonly node: string;
  readonly clock: Clock;
  readonly beacon: Pick<BeaconApi, 'genesis' | 'syncing'> & Pick<BeaconNetworkApi, 'timing'>;
  readonly execution: Pick<ExecutionNetworkApi, 'progress' | 'headBlock'>;
  /** The execution client's own. */
  readonly syncReader?: SyncReader | undefined;
}

/** What the layers are measured against; changes with each reset. */
interface SyncMeasure {
  readonly genesisTimeSeconds: number;
  readonly genesisValidatorsRoot: string;
  readonly timing: SlotTiming;
}

/** How far one layer is. */
export interface LayerFigures {
  readonly layer: ChainLayer;
  readonly stage: SyncStage;
  readonly head?: number;
  readonly target?: number;
  readonly distance?: number;
  readonly speed?: RobustSlope;
  readonly arrival: Arrival;
  readonly stalledForMs: number;
}

/** Stages whose head says how much is left; the others end when they end. */
const countable: readonly SyncStage[] = ['headers', 'bodies', 'blocks', 'slots', 'indexing'];

const lockedWorthTellingMs = 300_000;
const slowWorthTellingMs = 300_000;
const movingWithinMs = 60_000;

/** Watches both layers of one node on their way to the head. Asks only when told to. */
export class SyncMonitor {
  private readonly options: SyncMonitorOptions;
  private measure: SyncMeasure | undefined;
  private tracks: Partial<Record<ChainLayer, ProgressTrack>> = {};
  /** Since when each layer waits for the other. */
  private lockedSinceMs: number | undefined;

  constructor(options: SyncMonitorOptions) {
    this.options = options;
  }

  /** Looks once. What was seen of another network is forgotten. */
  async sample(): Promise<void> {
    const { clock, beacon, execution, syncReader: reader } = this.options;
    const measure = await this.measureNow();
    const [progress, executionProgress, headBlock] = await Promise.all([
      beacon.syncing(),
      execution.progress(),
      execution.headBlock(),
    ]);
    const consensus = consensusStage({ progress, currentSlot: currentSlotOf(measure, clock.nowMs()) });
    const atMs = clock.monotonicMs();
    const seen = { progress: executionProgress, headBlock, consensus, reader };
    this.tracks = {
      execution: tracked(this.tracks.execution, executionStage(seen), atMs),
      consensus: tracked(this.tracks.consensus, consensus, atMs),
    };
    const { execution: el, consensus: cl } = this.tracks;
    const isLocked = el?.last.stage === 'waiting-for-consensus' && cl?.last.stage === 'waiting-for-execution';
    this.lockedSinceMs = isLocked ? (this.lockedSinceMs ?? atMs) : undefined;
  }

  /** The network's own, by its consensus client; undefined until that has said it. */
  get timing(): SlotTiming | undefined {
    return this.measure?.timing;
  }

  /** What the looks so far amount to; none before the first. */
  figures(): readonly LayerFigures[] {
    return chainLayers.flatMap((layer) => {
      const track = this.tracks[layer];
      return track === undefined ? [] : [this.layerFigures(layer, track)];
    });
  }

  findings(): readonly Finding[] {
    const layers = this.figures().flatMap((figures) => this.layerFindings(figures));
    const waitedMs =
      this.lockedSinceMs === undefined ? 0 : this.options.clock.monotonicMs() - this.lockedSinceMs;
    if (waitedMs < lockedWorthTellingMs) return layers;
    const facts = { waitedSeconds: Math.round(waitedMs / 1_000) };
    const subject = { node: this.options.node, layer: 'execution' } as const;
    return [...layers, syncFindings.create('EPH-SYNC-WAITS-FOR-CONSENSUS', facts, subject)];
  }

  private layerFigures(layer: ChainLayer, track: ProgressTrack): LayerFigures {
    const { slotSeconds } = this.measure?.timing ?? usualTiming;
    const { stage, head, target } = track.last;
    const distance = head === undefined || target === undefined ? undefined : target - head;
    const isCountable = countable.includes(stage);
    const speed = isCountable ? robustSlope(track.points) : undefined;
    const headPerSecond = 1 / slotSeconds;
    const arrival: Arrival =
      stage === 'following'
        ? { kind: 'there' }
        : isCountable && distance !== undefined && distance > 0
          ? arrivalOf(distance, speed, headPerSecond)
          : { kind: 'unmeasured' };
    return {
      layer,
      stage,
      arrival,
      stalledForMs: stalledForMs(track, this.options.clock.monotonicMs(), slotSeconds),
      ...(head === undefined ? {} : { head }),
      ...(target === undefined ? {} : { target }),
      ...(distance === undefined ? {} : { distance }),
      ...(speed === undefined ? {} : { speed }),
    };
  }

  private layerFindings(figures: LayerFigures): readonly Finding[] {
    const { layer, stage, head = 0, distance = 0, speed, arrival } = figures;
    const subject = { node: this.options.node, layer };
    if (figures.stalledForMs > 0) {
      const facts = {
        node: this.options.node,
        layer,
        stage,
        head,
        stalledSeconds: Math.round(figures.stalledForMs / 1_000),
      };
      return [syncFindings.create('EPH-SYNC-STALLED', facts, subject)];
    }
    const perSecond = speed?.perSecond;
    if (arrival.kind !== 'never' || perSecond === undefined || !this.isSlowForLong(layer)) return [];
    const facts = {
      layer,
      perSecond,
      headPerSecond: 1 / (this.measure?.timing ?? usualTiming).slotSeconds,
      distance,
    };
    return [syncFindings.create('EPH-SYNC-NEVER', facts, subject)];
  }

  /** Measured for a while, and moving: one that stands still is told of as that. */
  private isSlowForLong(layer: ChainLayer): boolean {
    const track = this.tracks[layer];
    const [first] = track?.points ?? [];
    if (track === undefined || first === undefined) return false;
    const nowMs = this.options.clock.monotonicMs();
    return nowMs - first.atMs >= slowWorthTellingMs && nowMs - track.movedAtMs < movingWithinMs;
  }

  /** Asked of the consensus client itself: it is measured against the network that it is on, whichever that is. */
  private async measureNow(): Promise<SyncMeasure | undefined> {
    const { beacon } = this.options;
    const genesis = await beacon.genesis();
    if (!genesis.known) return this.measure;
    const { genesisTimeSeconds, genesisValidatorsRoot } = genesis.value;
    if (genesisValidatorsRoot === this.measure?.genesisValidatorsRoot) return this.measure;
    const timing = await beacon.timing();
    if (!timing.known) return this.measure;
    this.tracks = {};
    this.measure = { genesisTimeSeconds, genesisValidatorsRoot, timing: timing.value };
    return this.measure;
  }
}

/** Where nobody says when slot 0 is, it is taken to be past. */
function currentSlotOf(measure: SyncMeasure | undefined, nowMs: number): number {
  return measure === undefined ? 0 : slotAt(measure.genesisTimeSeconds, measure.timing, nowMs);
}
