import { join } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { boundBy } from '../../base/bound-signal.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { genesisValidatorsFolder } from './devnet-file.ts';
import { startDevnetPublisher } from './devnet-publisher.ts';
import { DevnetReleases } from './devnet-releases.ts';
import { type DevnetSettings, devnetDefinition } from './devnet-settings.ts';
import { writeLeftOut } from './left-out.ts';
import { type ProducerNode, producerNode } from './producer-node.ts';

/** What a devnet is composed of; the composition root opens each. */
export interface DevnetParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Serves releases on loopback under the public host's paths. */
  openReleaser(port: number): Promise<DevnetReleaser>;
  /** Keeps the producing node on the iteration of the clock until the signal. */
  runNode(node: ProducerNode, signal: AbortSignal): Promise<void>;
}

export interface DevnetReleaser {
  publish(tag: string, folder: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs a local network until the signal: releases in their time, a releaser, and the node that produces its
 * blocks. Resolves after the signal; rejects when a part fails by itself.
 */
export async function runDevnet(
  settings: DevnetSettings,
  folder: string,
  { parts, signal }: { readonly parts: DevnetParts; readonly signal: AbortSignal },
): Promise<void> {
  const { clock, log } = parts;
  const releasesFolder = join(folder, 'releases');
  const validatorsFolder = await ensureFolder(genesisValidatorsFolder(folder));
  const releases = new DevnetReleases(settings, releasesFolder, {
    validatorsFolder,
    log,
    noteLeftOut: (iteration, files) => writeLeftOut(folder, { iteration, files }),
  });
  const failed = new AbortController();
  const { signal: life } = boundBy([signal, failed.signal]);
  const releaser = await parts.openReleaser(settings.ports.releaser);
  try {
    const publisher = await startDevnetPublisher(
      {
        definition: devnetDefinition(settings),
        clock,
        log,
        build: (iteration, until) => releases.build(iteration, until),
        publish: (tag, from) => releaser.publish(tag, from),
        prune: (oldestKept) => releases.prune(oldestKept),
      },
      life,
    );
    await Promise.all(
      [publisher.done, parts.runNode(producerNode(settings, releasesFolder), life)].map((part) =>
        part.catch((cause: unknown) => {
          // One part's end is the end of all: without blocks or releases there is no network.
          failed.abort(cause);
          if (!signal.aborted) throw cause;
        }),
      ),
    );
  } finally {
    await releaser.close();
  }
}
