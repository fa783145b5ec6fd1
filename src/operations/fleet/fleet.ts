import { boundBy } from '../../base/bound-signal.ts';
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
import type { ProgramDesk } from './program-desk.ts';

/** One node, assembled: what it is to be, and what it acts through. */
export interface AssembledNode {
  readonly setup: NodeSetup;
  readonly environment: NodeEnvironment;
  /** Obtains the programs that are not on this host yet; absent when all of them are. */
  readonly programs?: ProgramDesk<AssembledNode>;
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
  private readonly options: FleetOptions;
  private readonly controllers: Map<string, NodeController>;
  private readonly parts: Map<string, AssembledNode>;
  private isGoingDown = false;

  constructor(options: FleetOptions) {
    this.options = options;
    this.parts = new Map(options.nodes.map((node) => [node.setup.name, node]));
    this.controllers = new Map(
      options.nodes.map(({ setup, environment }) => [setup.name, new NodeController(setup, environment)]),
    );
  }

  get nodes(): ReadonlyMap<string, NodeController> {
    return this.controllers;
  }

  /** The nodes as they are now: one whose programs came later is another than it was. */
  get assembled(): readonly AssembledNode[] {
    return [...this.parts.values()];
  }

  /** Works until the signal; the nodes' programs go on without us. */
  async run(signal: AbortSignal): Promise<void> {
    const nodes = [...this.parts.values()].map((node) => this.keep(node, signal));
    const watching = (this.options.externals ?? []).map((watch) => watch.run(signal));
    await Promise.all([...nodes, ...watching, this.collect(signal)]);
  }

  /** Stops the programs of all nodes. Rejects with the first failure, once every node was tried. */
  async down(): Promise<void> {
    this.isGoingDown = true;
    const ends = await Promise.allSettled([...this.nodes.values()].map((node) => node.down()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async close(): Promise<void> {
    await this.options.close?.();
  }

  private async collect(signal: AbortSignal): Promise<void> {
    const { releases, clock, log } = this.options;
    if (releases === undefined) return;
    const networks = new Map(this.assembled.map(({ setup }) => [setup.network.name, setup.network]));
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
    const names = this.assembled.filter(({ setup }) => setup.network.name === network);
    const seen = names.map(({ setup }) => this.nodes.get(setup.name)?.status?.observed.journal.adopted);
    return seen.some((adopted) => adopted === undefined)
      ? undefined
      : seen.flatMap((adopted) => adopted?.slice(-2) ?? []);
  }

  /** Until all of its programs are there, what runs of a node is looked after, and nothing else of it begun. */
  private async keep({ setup: { name }, programs }: AssembledNode, signal: AbortSignal): Promise<void> {
    if (programs !== undefined && programs.obtained === undefined) {
      const { signal: meanwhile, abort } = abortable(signal);
      const kept = this.keepAsItIs(name, meanwhile);
      await programs.run(signal);
      abort();
      await kept;
    }
    if (signal.aborted) return;
    // One that goes down is stopped by the controller that it has.
    if (programs?.obtained !== undefined && !this.isGoingDown) this.replace(name, programs.obtained);
    await this.keepAsItIs(name, signal);
  }

  private replace(name: string, node: AssembledNode): void {
    const before = this.controllers.get(name);
    this.parts.set(name, node);
    this.controllers.set(name, new NodeController(node.setup, node.environment, before));
  }

  /** A controller that ends without being asked to is run again: there is nobody else to do it. */
  private async keepAsItIs(name: string, signal: AbortSignal): Promise<void> {
    const node = this.controllers.get(name);
    const { clock, log } = this.options;
    if (node === undefined) return;
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

/** Ends with the signal, or when it is told to. */
function abortable(signal: AbortSignal): { readonly signal: AbortSignal; readonly abort: () => void } {
  const own = new AbortController();
  const both = boundBy([signal, own.signal]);
  return {
    signal: both.signal,
    abort: () => {
      own.abort();
      both.release();
    },
  };
}
