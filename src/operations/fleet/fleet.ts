import { type Clock, maxSleepMs } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import type { ReleaseLibrary } from '../../releases/release-library.ts';
import type { ExternalWatch } from '../external/external-watch.ts';
import { NodeController } from '../node/node-controller.ts';
import type { NodeEnvironment } from '../node/node-environment.ts';
import type { NodeSetup } from '../node/node-setup.ts';
import { collectReleases } from './collect-releases.ts';

/** One node, assembled: what it is to be, and what it acts through. */
export interface AssembledNode {
  readonly setup: NodeSetup;
  readonly environment: NodeEnvironment;
}

export interface FleetOptions {
  readonly nodes: readonly AssembledNode[];
  /** Looked at beside them; nobody of ours runs these. */
  readonly externals?: readonly ExternalWatch[];
  readonly clock: Clock;
  readonly log: Log;
  /** The releases of each network, by its name, and how many of them stay. Absent: none is ever removed. */
  readonly releases?: { readonly libraries: ReadonlyMap<string, ReleaseLibrary>; readonly keep: number };
  /** Closes what the nodes share: HTTP clients and the like. */
  readonly close?: () => Promise<void>;
}

const pauseAfterFailureMs = 5_000;

/** All nodes of a root, each kept by a controller of its own; one that fails holds up no other. */
export class Fleet {
  readonly nodes: ReadonlyMap<string, NodeController>;
  private readonly options: FleetOptions;

  constructor(options: FleetOptions) {
    this.options = options;
    this.nodes = new Map(
      options.nodes.map(({ setup, environment }) => [setup.name, new NodeController(setup, environment)]),
    );
  }

  /** Works until the signal; the nodes' programs go on without us. */
  async run(signal: AbortSignal): Promise<void> {
    const nodes = [...this.nodes].map(([name, node]) => this.keep(name, node, signal));
    const watching = (this.options.externals ?? []).map((watch) => watch.run(signal));
    await Promise.all([...nodes, ...watching, this.collect(signal)]);
  }

  /** Stops the programs of all nodes. Rejects with the first failure, once every node was tried. */
  async down(): Promise<void> {
    const ends = await Promise.allSettled([...this.nodes.values()].map((node) => node.down()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async close(): Promise<void> {
    await this.options.close?.();
  }

  private async collect(signal: AbortSignal): Promise<void> {
    const { releases, clock, log, nodes } = this.options;
    if (releases === undefined) return;
    const networks = new Map(nodes.map(({ setup }) => [setup.network.name, setup.network]));
    while (!signal.aborted) {
      await clock.sleep(maxSleepMs, signal).catch(() => undefined);
      for (const [name, library] of signal.aborted ? [] : releases.libraries) {
        const definition = networks.get(name);
        if (definition === undefined) continue;
        const inUse = () => this.identitiesOn(name);
        const how = { keep: releases.keep, nowMs: clock.nowMs(), log };
        await collectReleases({ definition, library, inUse }, how);
      }
    }
  }

  /** What the nodes of a network are on or were on last; undefined while one of them has not been looked at. */
  private identitiesOn(network: string): readonly NetworkIdentity[] | undefined {
    const names = this.options.nodes.filter(({ setup }) => setup.network.name === network);
    const seen = names.map(({ setup }) => this.nodes.get(setup.name)?.status?.observed.journal.adopted);
    return seen.some((adopted) => adopted === undefined)
      ? undefined
      : seen.flatMap((adopted) => adopted?.slice(-2) ?? []);
  }

  /** A controller that ends without being asked to is run again: there is nobody else to do it. */
  private async keep(name: string, node: NodeController, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    while (!signal.aborted) {
      try {
        await node.run(signal);
      } catch (cause) {
        if (signal.aborted) return;
        log.error('a node is not being looked after', { node: name, reason: messageOf(cause) });
        await clock.sleep(pauseAfterFailureMs, signal).catch(() => undefined);
      }
    }
  }
}
