import { type Answer, known, unknown } from '../../src/base/answer.ts';
import { integerBetween, pick, type Random } from '../../src/base/random.ts';
import type { ReleaseBundle } from '../../src/core/network/bundle.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import type { ObtainAnswer } from '../../src/operations/node/node-environment.ts';
import type { FakeScript } from '../../src/runtimes/fake/fake-script.ts';
import type { ApiFaults } from './chain-truth.ts';
import { bundleOf, network } from './network.ts';
import type { OurLife } from './our-life.ts';
import { quickRandom } from './quick-random.ts';
import type { World } from './world.ts';

class DiskError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`${code}: simulated`);
    this.code = code;
  }
}

export type FaultKind = 'kill' | 'disk' | 'api' | 'release' | 'client' | 'clock';

/** Everything that goes wrong in one run, drawn from its seed. Ends when `stop` is called. */
export class Misfortune implements ApiFaults {
  private readonly random: Random;
  private readonly world: World;
  private readonly late = new Map<number, number>();
  private readonly wrongUntilMs = new Map<string, number>();
  /** How likely each kind is in this run: some runs are dark in one way, some in another. */
  private readonly weather: Readonly<Record<FaultKind, number>>;
  private outages = { execution: 0, consensus: 0 };
  private diskSickUntilMs = 0;
  private offsetMs = 0;
  private stopped = false;
  private readonly measurable: boolean;
  /** How often each kind came. */
  readonly came: Record<FaultKind, number> = { kill: 0, disk: 0, api: 0, release: 0, client: 0, clock: 0 };

  constructor(world: World, seed: string) {
    this.world = world;
    this.random = quickRandom(seed);
    const level = () => pick(this.random, [0, 0.2, 1]);
    this.weather = {
      kill: level(),
      disk: level(),
      api: level(),
      release: level(),
      client: level(),
      clock: level(),
    };
    this.measurable = this.chance(0.5);
    this.attach();
  }

  /** From now on all goes well; clocks and disks are mended. */
  stop(): void {
    this.stopped = true;
    this.world.clock.jump(-this.offsetMs);
    this.offsetMs = 0;
    this.world.host.mend();
    this.world.disk.freeBytes = 100e9;
  }

  /** What happens between steps: some seconds pass, and something may befall the host. */
  async strike(): Promise<void> {
    const { world } = this;
    if (!world.isUp) {
      await world.advance(integerBetween(this.random, 0, this.chance(0.05) ? 2_000_000 : 60_000));
      world.boot();
    }
    await world.advance(integerBetween(this.random, 100, 40_000));
    if (this.falls('clock', 0.01)) this.jumpClock();
    if (this.falls('client', 0.02)) world.host.crash(`home.${pick(this.random, layers)}`, this.exit());
    if (this.falls('kill', 0.003)) {
      world.host.reboot();
      world.kill();
    }
    if (this.falls('client', 0.005)) world.host.breakFor(integerBetween(this.random, 1_000, 60_000));
    if (this.falls('disk', 0.01)) this.diskSickUntilMs = world.clock.monotonicMs() + this.upTo(60_000);
    if (this.falls('disk', 0.005)) world.disk.freeBytes = pick(this.random, [1e6, 100e9]);
    for (const layer of ['execution', 'consensus'] as const) {
      if (this.falls('api', 0.02)) this.outages[layer] = world.clock.monotonicMs() + this.upTo(60_000);
    }
    if (world.isUp && this.chance(0.01)) await this.command();
  }

  outage(layer: 'execution' | 'consensus'): string | undefined {
    if (this.stopped || this.world.clock.monotonicMs() >= this.outages[layer]) return undefined;
    return pick(this.random, ['connection reset', 'HTTP 429', 'empty answer', 'no answer within 2 s']);
  }

  lies(): boolean {
    return this.falls('api', 0.01);
  }

  /** Sometimes for one directory, sometimes for every new one of an iteration. */
  wrongGenesis(layer: string): boolean {
    if (this.stopped) return false;
    if (this.falls('client', 0.03))
      this.wrongUntilMs.set(layer, this.world.clock.monotonicMs() + this.upTo(60_000));
    return this.world.clock.monotonicMs() <= (this.wrongUntilMs.get(layer) ?? -1);
  }

  private attach(): void {
    const { world } = this;
    world.truth.faults = this;
    world.random = this.random;
    world.torn = () => this.random.next();
    world.behaviour = () => this.behaviour();
    world.skew = async () => this.skew();
    world.guard = {
      quiet: async () => (this.chance(0.3) ? unknown('epoch not over') : known(!this.chance(0.05))),
    };
    world.shelf.answer = (iteration) => this.release(iteration);
    world.mayHappen = (moment, life) => this.atMoment(moment, life);
  }

  private atMoment(moment: string, life: OurLife): void {
    if (this.falls('kill', 0.002)) {
      life.kill();
      return;
    }
    const onDisk = moment.includes('disk') || moment.includes('journal');
    if (!onDisk || this.stopped) return;
    const sick = this.world.clock.monotonicMs() < this.diskSickUntilMs && this.chance(0.7);
    const full = moment.startsWith('write') && this.world.disk.freeBytes < 2e6;
    if (full) throw new DiskError('ENOSPC');
    if (sick || this.falls('disk', 0.002)) throw new DiskError('EIO');
  }

  private behaviour(): FakeScript {
    const well: FakeScript = { readyAfterMs: this.upTo(1_500), stopTakesMs: this.upTo(2_500) };
    if (this.falls('client', 0.03)) return { startFails: 'out of memory' };
    if (this.falls('client', 0.03)) return { ...well, replyLost: true };
    if (this.falls('client', 0.05)) return { ...well, exitsAfterMs: this.upTo(30_000), ...this.exit() };
    if (this.falls('client', 0.05)) return { ...well, ignoresStopSignal: true };
    return well;
  }

  private exit(): { exitCode: number } {
    return { exitCode: pick(this.random, [0, 1, 137]) };
  }

  private release(iteration: number): ReleaseBundle | ObtainAnswer {
    if (this.falls('release', 0.3)) return { answer: 'unknown', reason: 'HTTP 503' };
    const lateMs = this.late.get(iteration) ?? (this.falls('release', 0.2) ? this.upTo(600_000) : 0);
    this.late.set(iteration, lateMs);
    const leadMs = network.publishLeadSeconds * 1000;
    const dueMs = scheduleOf(network, iteration).startSeconds * 1000 - leadMs + (this.stopped ? 0 : lateMs);
    if (this.world.trueNowMs() < dueMs) return { answer: 'not-yet', detail: 'not due' };
    return this.world.publish(bundleOf(iteration));
  }

  private jumpClock(): void {
    const back = this.offsetMs !== 0 && this.chance(0.5);
    const deltaMs = back ? -this.offsetMs : integerBetween(this.random, -1_500_000, 1_500_000);
    this.offsetMs += deltaMs;
    this.world.clock.jump(deltaMs);
  }

  private async skew(): Promise<Answer<number>> {
    return this.measurable ? known(this.offsetMs) : unknown('no host was asked');
  }

  private async command(): Promise<void> {
    const { controller } = this.world;
    const command = pick(this.random, [
      () => controller.hold(),
      () => controller.release(),
      () => controller.release(),
      () => controller.resetNow({ force: true }),
    ]);
    const outcome = command().catch(() => undefined);
    await this.world.advance(1_000);
    await Promise.race([outcome, this.world.advance(5_000)]);
  }

  private falls(kind: FaultKind, probability: number): boolean {
    const likely = probability * this.weather[kind];
    const falls = !this.stopped && likely > 0 && this.chance(likely);
    if (falls) this.came[kind] += 1;
    return falls;
  }

  private chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  private upTo(ms: number): number {
    return integerBetween(this.random, 0, ms);
  }
}

const layers = ['execution', 'consensus', 'validator'] as const;
