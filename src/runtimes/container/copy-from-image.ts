import { createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { unpackTar } from '../../base/archive/unpack-tar.ts';
import { syncFolder } from '../../base/atomic-files.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { type ContainerNames, labels } from './container-names.ts';
import type { Engine } from './engine.ts';
import { reasonOf } from './engine-refusal.ts';
import { containerErrors } from './errors.ts';

const limits = { unpackedBytes: 64 * 2 ** 20, fileBytes: 16 * 2 ** 20, entries: 10_000 } as const;
const deadlineMs = 60_000;

interface Wanted {
  /** The image as the engine knows it. */
  readonly image: string;
  /** Absolute, inside the image. */
  readonly from: string;
  readonly into: string;
}

/**
 * Copies a folder out of an image through a container that is never started, so that the image needs no program for it.
 * Throws EPH-RUNTIME-IMAGE-FOLDER and EPH-RUNTIME-UNREACHABLE.
 */
export async function copyFromImage(
  parts: { readonly engine: Engine; readonly names: ContainerNames },
  wanted: Wanted,
): Promise<void> {
  const { from, into, image } = wanted;
  const work = `${into}.tmp`;
  await rm(work, { recursive: true, force: true });
  await makeFolders(join(work, 'out'), 0o700);
  try {
    const archive = join(work, 'archive.tar.gz');
    await withContainer(parts, image, (id) => fetchArchive(parts.engine, { id, from, archive }));
    await unpackTar(archive, join(work, 'out'), { limits });
    const [only] = await readdir(join(work, 'out'));
    await rename(join(work, 'out', only ?? ''), into);
    await syncFolder(dirname(into));
  } catch (thrown) {
    const facts = { image, folder: from, reason: reasonOf(thrown) };
    throw containerErrors.create('EPH-RUNTIME-IMAGE-FOLDER', facts, thrown);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchArchive(
  engine: Engine,
  { id, from, archive }: { readonly id: string; readonly from: string; readonly archive: string },
): Promise<void> {
  await engine.ask(async (docker, abortSignal) => {
    const stream = await docker.getContainer(id).getArchive({ path: from, abortSignal });
    await pipeline(stream, createGzip({ level: 1 }), createWriteStream(archive, { mode: 0o600 }), {
      signal: abortSignal,
    });
  }, deadlineMs);
}

/** It bears our labels: one that a kill left behind goes with the rest of the root's. */
async function withContainer<T>(
  { engine, names }: { readonly engine: Engine; readonly names: ContainerNames },
  image: string,
  use: (id: string) => Promise<T>,
): Promise<T> {
  const { id } = await engine.ask((docker, abortSignal) =>
    docker.createContainer({
      Image: image,
      Entrypoint: ['/never-started'],
      Labels: { [labels.root]: names.rootId, [labels.rootPath]: names.rootPath },
      HostConfig: { NetworkMode: 'none' },
      abortSignal,
    }),
  );
  try {
    return await use(id);
  } finally {
    await engine
      .ask((docker, abortSignal) => docker.getContainer(id).remove({ force: true, abortSignal }))
      .catch(() => undefined);
  }
}
