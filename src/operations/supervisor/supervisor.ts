import { join } from 'node:path';
import { boundBy } from '../../base/bound-signal.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { bindConfig } from '../../storage/files/config-binding.ts';
import { rootErrors } from '../../storage/files/errors.ts';
import { openLayout, prepareRoot } from '../../storage/files/layout.ts';
import { type RootLock, takeLock } from '../../storage/files/root-lock.ts';
import { ensureSocketFolder, socketPath } from '../../storage/files/socket-path.ts';
import { SegmentHistory } from '../../storage/segments/segment-history.ts';
import type { BackupSchedule } from '../backup/backup-schedule.ts';
import { unattendedBackups } from '../backup/unattended-backups.ts';
import { controlErrors } from '../control/errors.ts';
import { EventHub } from '../control/event-hub.ts';
import type { DevnetAsked } from '../devnet/devnet-file.ts';
import type { DevnetSettings } from '../devnet/devnet-settings.ts';
import { awaitFirstPrograms, tryNewPrograms } from '../fleet/first-programs.ts';
import { refuseTakenPorts } from '../fleet/taken-ports.ts';
import type { EffectiveConfig, OpenedFleet, Services, ServingControl } from '../services.ts';
import { RootWatch } from '../sync/root-watch.ts';
import { watchedNodes } from '../sync/watched-node.ts';
import { DevnetUnits } from './devnet-units.ts';
import { FetchesUnderWay } from './fetches-under-way.ts';
import { makeDevnets } from './make-devnets.ts';
import { type ConfiguredRuntimes, stopOrphans } from './orphans.ts';
import { SupervisorControl } from './supervisor-control.ts';
import type { FleetEvent } from './supervisor-event.ts';
import { ToldFetches } from './told-fetches.ts';

export interface SuperviseRequest {
  readonly config: EffectiveConfig;
  /** Reads the configuration again, for `apply`. */
  readonly reread: () => Promise<EffectiveConfig>;
  readonly adoptConfig: boolean;
  /** Settings for a local network that is made now. */
  readonly devnet: DevnetAsked;
}

const lockCheckEveryMs = 10_000;

/**
 * Keeps a root: holds its lock, answers on its socket, keeps its local networks and nodes. When it ends, nodes
 * run on, unless they were to go down.
 */
export class Supervisor {
  readonly hub: EventHub;
  readonly control: SupervisorControl;
  readonly log: Log;
  private readonly services: Services;
  private readonly request: SuperviseRequest;
  private readonly lock: RootLock;
  private readonly devnets: DevnetUnits;
  private readonly watch: RootWatch;
  private readonly ending = new AbortController();
  /** Until it is told to end, it waits for programs that are fetched. */
  private readonly obtaining = new AbortController();
  private readonly backups: BackupSchedule;
  private config: EffectiveConfig;
  private opened: OpenedFleet | undefined;
  private fleetLife = new AbortController();
  private fleetRun: Promise<void> = Promise.resolve();
  private serving: ServingControl | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private beginning: Promise<void> = Promise.resolve();
  /** False until its nodes have their first programs. */
  private isKeeping = false;
  private readonly fetching = new FetchesUnderWay();

  /**
   * Takes the root and makes everything ready; nothing runs yet. Throws EPH-ROOT-* and whatever is wrong with
   * networks, programs and ports; the lock is then given back.
   */
  static async open(services: Services, request: SuperviseRequest): Promise<Supervisor> {
    const { paths, clock } = services;
    await prepareRoot(paths);
    const lock = await takeLock(paths, 'supervisor', clock.nowMs());
    try {
      await openLayout(paths);
      await bindConfig(paths, request.config.id, request.adoptConfig);
      const log = await services.fileLog(join(paths.logs, 'supervisor.log'));
      const devnets = { runtime: await services.runtime('process') };
      return new Supervisor({ ...services, log }, request, { lock, ...devnets });
    } catch (cause) {
      await lock.release();
      throw cause;
    }
  }

  private constructor(
    services: Services,
    request: SuperviseRequest,
    parts: { readonly lock: RootLock; readonly runtime: Awaited<ReturnType<Services['runtime']>> },
  ) {
    this.services = services;
    this.request = request;
    this.config = request.config;
    this.lock = parts.lock;
    this.log = services.log;
    this.hub = new EventHub(services.clock);
    this.devnets = new DevnetUnits({ services, runtime: parts.runtime, emit: (event) => this.emit(event) });
    this.watch = new RootWatch({
      clock: services.clock,
      log: this.log,
      nodes: () => watchedNodes(this.opened, services),
      history: new SegmentHistory({ folder: services.paths.history }),
      records: true,
    });
    this.backups = unattendedBackups(services, () => this.config);
    this.control = new SupervisorControl({
      rootFindings: () => [...this.backups.findings, ...this.devnets.findings],
      services,
      hub: this.hub,
      devnets: this.devnets,
      watch: this.watch,
      sinceMs: services.clock.nowMs(),
      opened: () => this.opened,
      beginning: () => (this.isKeeping ? undefined : { fetching: this.fetching.all }),
      config: () => this.config,
      apply: () => this.inTurn(() => this.apply()),
      down: () => this.down(),
    });
  }

  /** Brings everything up and keeps it until the signal (nodes are left running), or until `down`. */
  async run(signal: AbortSignal): Promise<void> {
    const { signal: life, release } = boundBy([signal, this.ending.signal]);
    life.addEventListener('abort', () => this.obtaining.abort(), { once: true });
    if (life.aborted) this.obtaining.abort();
    const told = new ToldFetches(this.services.clock, (event) => this.emit(event));
    const forget = this.services.fetches.listen((progress) => {
      told.take(progress);
      this.fetching.take(progress);
    });
    try {
      this.beginning = this.begin();
      await this.beginning.catch(async (cause: unknown) => {
        await this.devnets.undo();
        throw cause;
      });
      const { devnets, watch, backups } = this;
      await Promise.all([devnets.keep(life), this.watchLock(life), watch.run(life), backups.run(life)]);
      if (!this.ending.signal.aborted) this.emit({ type: 'supervisor.ending', nodes: 'left-running' });
    } finally {
      release();
      forget();
      await this.end();
    }
  }

  /** Stops every node and local network; `run` then ends. Resolves once nothing runs any more. */
  down(): Promise<readonly string[]> {
    // Programs that are being obtained hold up nobody who wants to end.
    this.obtaining.abort();
    return this.inTurn(() => this.bringDown());
  }

  private async bringDown(): Promise<readonly string[]> {
    this.emit({ type: 'supervisor.ending', nodes: 'stopping' });
    // What is half begun would go on starting programs behind our back.
    await this.beginning.catch(() => undefined);
    const names = [...(this.opened?.fleet.nodes.keys() ?? [])];
    await this.opened?.fleet.down();
    await this.devnets.down();
    this.ending.abort();
    return names;
  }

  private emit(event: FleetEvent): void {
    this.hub.emit(event);
    const { type, ...facts } = event;
    this.log.info('event', { type, ...facts });
  }

  /** What changes which controllers there are is done one at a time: of a node there is never more than one. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private async begin(): Promise<void> {
    const { paths } = this.services;
    await this.devnets.bringUp(await this.makeDevnets(this.config));
    await this.stopOrphans();
    this.opened = await this.openFleet(this.config);
    await refuseTakenPorts(paths, this.opened.nodes);
    const socket = socketPath(paths);
    await ensureSocketFolder(socket);
    // From now on nothing is quick: whoever asks is answered, and may end it.
    this.serving = await this.services.serve(this.control, socket);
    await awaitFirstPrograms(this.opened.nodes, this.obtaining.signal);
    if (this.obtaining.signal.aborted) return;
    this.isKeeping = true;
    const nodes = [...this.opened.fleet.nodes.keys()];
    this.emit({ type: 'supervisor.started', pid: process.pid, root: paths.root, nodes });
    this.keepFleet(this.opened);
  }

  private makeDevnets(config: EffectiveConfig): Promise<readonly DevnetSettings[]> {
    return makeDevnets(this.services, config.config, this.request.devnet);
  }

  private async stopOrphans(): Promise<void> {
    const { runtimeIds, paths } = this.services;
    const runtimes = await Promise.all(runtimeIds.map((id) => this.services.runtime(id)));
    const configured = runtimesOf(this.config);
    const stopped = await stopOrphans({ nodesFolder: paths.nodes, configured }, runtimes);
    if (stopped.length > 0)
      this.log.warn('nodes that are configured no more were stopped', { nodes: stopped });
  }

  private openFleet(config: EffectiveConfig): Promise<OpenedFleet> {
    return this.services.openFleet({ config, emit: (event) => this.emit(event) });
  }

  private keepFleet(opened: OpenedFleet): void {
    this.fleetLife = new AbortController();
    this.fleetRun = opened.fleet.run(this.fleetLife.signal).catch((cause: unknown) => {
      this.log.error('the nodes are not being kept', { reason: messageOf(cause) });
    });
  }

  /** Nodes that go are stopped, those that stay run on and get new controllers, new ones are brought up. */
  private async apply(): Promise<readonly string[]> {
    await this.beginning;
    this.refuseWhenEnding();
    const next = await this.request.reread();
    const devnets = await this.makeDevnets(next);
    const opened = await this.openFleet(next);
    const names = [...opened.fleet.nodes.keys()];
    try {
      await tryNewPrograms(opened.nodes, { before: this.opened?.nodes ?? [], signal: this.obtaining.signal });
      this.refuseWhenEnding();
      const kept = runtimesOf(next);
      const before = runtimesOf(this.config);
      const gone = [...(this.opened?.fleet.nodes ?? [])].filter(
        ([name]) => !names.includes(name) || kept.get(name) !== before.get(name),
      );
      await Promise.all(gone.map(([, node]) => node.down()));
      await this.devnets.bringUp(devnets);
    } catch (cause) {
      // Those that are kept stay kept as they were.
      await opened.close();
      throw cause;
    }
    await this.letGo(this.opened);
    this.config = next;
    this.opened = opened;
    this.keepFleet(opened);
    this.emit({ type: 'supervisor.applied', nodes: names });
    return names;
  }

  private refuseWhenEnding(): void {
    if (!this.obtaining.signal.aborted && !this.ending.signal.aborted) return;
    throw controlErrors.create('EPH-CONTROL-SUPERVISOR-ENDED', { detail: 'it was asked to' });
  }

  /** Ends the controllers; what they keep runs on. */
  private async letGo(opened: OpenedFleet | undefined): Promise<void> {
    this.fleetLife.abort();
    await this.fleetRun;
    await opened?.close();
  }

  private async watchLock(life: AbortSignal): Promise<void> {
    const { clock, paths } = this.services;
    while (!life.aborted) {
      await clock.sleep(lockCheckEveryMs, life).catch(() => undefined);
      const isOurs = await this.lock.isOurs().catch((cause: unknown) => {
        this.log.warn('the lock cannot be looked at', { reason: messageOf(cause) });
        return !isEphemeryError(cause, 'EPH-ROOT-LOCK-LOST');
      });
      if (isOurs || life.aborted) continue;
      this.ending.abort();
      throw rootErrors.create('EPH-ROOT-LOCK-LOST', { file: paths.lock });
    }
  }

  /** In this order: nobody acts any more, nobody is answered any more, somebody else may take the root. */
  private async end(): Promise<void> {
    this.ending.abort();
    await this.turn;
    await this.letGo(this.opened);
    this.emit({ type: 'supervisor.ended' });
    this.hub.end();
    await this.serving?.close();
    await this.lock.release();
  }
}

function runtimesOf({ config }: EffectiveConfig): ConfiguredRuntimes {
  return new Map(Object.entries(config.nodes).map(([name, { runtime }]) => [name, runtime]));
}
