import { type BackoffPolicy, backoffMs } from '../../base/backoff.ts';
import { messageOf } from '../../base/errors.ts';
import type { UnitSpec } from '../../core/clients/units.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { InstalledProgram, Runtime } from '../../runtimes/runtime.ts';
import { devnetFolder, producerPaths } from '../devnet/devnet-file.ts';
import { type DevnetSettings, producerApiUrl, releaserUrl } from '../devnet/devnet-settings.ts';
import { producerName } from '../devnet/producer-node.ts';
import { type DevnetPortServices, takenDevnetPorts } from '../devnet/taken-devnet-ports.ts';
import { portTaken } from '../fleet/taken-ports.ts';
import type { Services } from '../services.ts';
import { DevnetPortWatch } from './devnet-port-watch.ts';
import { LeftOutWatch } from './left-out-watch.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

const lookEveryMs = 2_000;
const restartPauses: BackoffPolicy = { firstMs: 1_000, lastMs: 60_000 };
/** One that ran so long before it ended is started again at once. */
const steadyMs = 60_000;
const stop = { signal: 'SIGTERM', deadlineMs: 60_000, resetStopDeadlineMs: 60_000 } as const;

type StoppingServices = Pick<Services, 'runtime' | 'paths'>;

export interface DevnetUnitsOptions {
  readonly services: Services;
  readonly runtime: Runtime;
  readonly emit: (event: SupervisorEvent) => void;
}

/** The name of a devnet's unit; no node's unit ends so. */
export function devnetUnitName(network: string): string {
  return `${network}.service`;
}

/** The local networks of a root, each a program of ours that is kept running like a node's clients. */
export class DevnetUnits {
  private readonly options: DevnetUnitsOptions;
  private devnets: readonly DevnetSettings[] = [];
  /** Those that did not run before. */
  private readonly started = new Set<string>();
  private readonly ports: DevnetPortWatch;
  private readonly leftOut: LeftOutWatch;

  constructor(options: DevnetUnitsOptions) {
    this.options = options;
    this.ports = new DevnetPortWatch(options.services, options.emit);
    this.leftOut = new LeftOutWatch(options.services.paths, options.emit);
  }

  get all(): readonly DevnetSettings[] {
    return this.devnets;
  }

  /** What hinders them from outside, and what of their users they did not take. */
  get findings(): readonly Finding[] {
    return [...this.ports.findings, ...this.leftOut.findings];
  }

  /** Starts these and adopts those that run. Others that this had before are stopped. */
  async bringUp(devnets: readonly DevnetSettings[]): Promise<void> {
    const names = devnets.map(({ name }) => name);
    const gone = this.devnets.filter(({ name }) => !names.includes(name));
    this.devnets = devnets;
    await Promise.all(gone.map(({ name }) => this.stop(name)));
    for (const settings of devnets) await this.start(settings);
  }

  /** Starts again what ended by itself, until the signal. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.options.services;
    const ends = new Map<string, { count: number; upSinceMs: number; notBeforeMs: number }>();
    while (!signal.aborted) {
      await clock.sleep(lookEveryMs, signal).catch(() => undefined);
      await this.lookAtPorts();
      await this.leftOut.look(this.devnets.map(({ name }) => name));
      for (const settings of signal.aborted ? [] : this.devnets) {
        const { name } = settings;
        const nowMs = clock.monotonicMs();
        const memory = ends.get(name) ?? { count: 0, upSinceMs: nowMs, notBeforeMs: 0 };
        ends.set(name, memory);
        try {
          if ((await this.state(name)) !== 'off' || nowMs < memory.notBeforeMs) continue;
          // Meanwhile it may have been stopped on purpose.
          if (!this.devnets.includes(settings)) continue;
          this.options.emit({ type: 'devnet.exited', network: name });
          memory.count = nowMs - memory.upSinceMs > steadyMs ? 0 : memory.count + 1;
          memory.upSinceMs = nowMs;
          memory.notBeforeMs = nowMs + backoffMs(restartPauses, memory.count, random);
          await this.start(settings);
        } catch (cause) {
          log.error('a local network cannot be kept', { network: name, reason: messageOf(cause) });
        }
      }
    }
  }

  private async lookAtPorts(): Promise<void> {
    this.ports.keepOnly(this.devnets.map(({ name }) => name));
    for (const settings of this.devnets) {
      const { name } = settings;
      try {
        const state = await this.state(name);
        if (state !== 'unknown') await this.ports.look(settings, state === 'running');
      } catch (cause) {
        const reason = messageOf(cause);
        this.options.services.log.warn('the ports of a local network cannot be looked at', {
          network: name,
          reason,
        });
      }
    }
  }

  /** Stops those that were started and not adopted: for a supervisor that could not begin. */
  async undo(): Promise<void> {
    await Promise.all([...this.started].map((name) => this.stop(name)));
  }

  async down(): Promise<void> {
    const all = this.devnets;
    this.devnets = [];
    await Promise.all(all.map(({ name }) => this.stop(name)));
  }

  async state(network: string): Promise<'running' | 'off' | 'unknown'> {
    return devnetState(this.options.runtime, network);
  }

  private async start(settings: DevnetSettings): Promise<void> {
    const { runtime, services, emit } = this.options;
    const { name } = settings;
    if ((await this.state(name)) === 'running') return;
    await refuseTaken(services, settings);
    await runtime.start(devnetProgram(services), devnetUnit(settings, services.paths.root));
    this.started.add(name);
    emit({ type: 'devnet.started', ...devnetFacts(settings) });
  }

  private async stop(network: string): Promise<void> {
    const { services, emit } = this.options;
    if (await stopDevnet(services, network)) emit({ type: 'devnet.stopped', network });
  }
}

/**
 * Stops a devnet's unit, slowly enough for its own node, and then what one that was killed left running. False
 * when nothing of it ran.
 */
export async function stopDevnet(services: StoppingServices, network: string): Promise<boolean> {
  const service = await stopUnit(await services.runtime('process'), devnetUnitName(network));
  const paths = producerPaths(devnetFolder(services.paths.root, network));
  const runtime = await services.runtime('process', paths);
  const consensus = await stopUnit(runtime, unitName(producerName, 'consensus'));
  const execution = await stopUnit(runtime, unitName(producerName, 'execution'));
  return service || consensus || execution;
}

async function stopUnit(runtime: Runtime, name: string): Promise<boolean> {
  const handle = await runtime.recover(name);
  if (handle === undefined) return false;
  return (await runtime.stop(handle, stop)) !== 'was-not-running';
}

export async function devnetState(runtime: Runtime, network: string): Promise<'running' | 'off' | 'unknown'> {
  const handle = await runtime.recover(devnetUnitName(network));
  if (handle === undefined) return 'off';
  const { state } = await runtime.inspect(handle);
  if (state === 'unknown') return 'unknown';
  return state === 'running' ? 'running' : 'off';
}

/** What its users want to know of a devnet. */
export function devnetFacts(settings: DevnetSettings) {
  const { name, seed, slotSeconds, periodSeconds, ports } = settings;
  return {
    network: name,
    seed,
    slotSeconds,
    periodSeconds,
    beaconUrl: producerApiUrl(settings),
    executionUrl: `http://127.0.0.1:${ports.rpc}`,
    releasesUrl: releaserUrl(settings),
  };
}

/** Throws EPH-FLEET-PORT-TAKEN. */
async function refuseTaken(services: DevnetPortServices, settings: DevnetSettings): Promise<void> {
  const [taken] = await takenDevnetPorts(services, settings, false);
  if (taken === undefined) return;
  const { network, port, name, holder } = taken;
  throw await portTaken(services.paths, { node: network, port, name, holder });
}

function devnetProgram({ host }: Services): InstalledProgram {
  return { client: 'devnet', version: host.version, command: host.program };
}

function devnetUnit({ name, ports }: DevnetSettings, root: string): UnitSpec {
  return {
    name: devnetUnitName(name),
    args: ['devnet', 'run', name, '--home', root],
    env: {},
    mounts: [{ key: 'devnet', hostPath: devnetFolder(root, name), writable: true }],
    workingMount: 'devnet',
    // The others are its clients', which may run on from an earlier life of it.
    ports: [{ name: 'releaser', protocol: 'tcp', port: ports.releaser, exposure: 'loopback' }],
    stop,
    readiness: { kind: 'none' },
  };
}
