import { defineErrors, error } from '../base/errors.ts';

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;

/** What can go wrong when a release is fetched, unpacked or kept. */
export const releaseErrors = defineErrors({
  'EPH-RELEASES-ARCHIVE': error<{ archive: string; problem: string }>({
    meaning: 'A release’s archive is damaged, not an archive, or holds what no release holds.',
    message: ({ archive, problem }) => `${archive} is refused: ${problem}.`,
    remedy: () =>
      'Nothing of it was kept. A fetch goes on to the next source by itself; if all have the same, ask the maintainers. An archive of your own is to be fetched or built again.',
  }),
  'EPH-RELEASES-DOWNLOAD': error<{ url: string; problem: string }>({
    meaning: 'A file of a release could not be downloaded.',
    message: ({ url, problem }) => `${url} could not be downloaded: ${problem}.`,
    remedy: () => 'It is tried again by itself, and other sources with it.',
  }),
  'EPH-RELEASES-NOT-FOUND': error<{ url: string }>({
    meaning: 'A source says clearly that it does not have a file.',
    message: ({ url }) => `${url} does not exist.`,
    remedy: () => 'If the release is due, wait: it may come late.',
  }),
  'EPH-RELEASES-DISK-FULL': error<{ folder: string; freeBytes: number; neededBytes: number }>({
    meaning: 'The disk has no room for a release.',
    message: ({ folder, freeBytes, neededBytes }) =>
      `${folder} has ${megabytes(freeBytes)} free, a release needs ${megabytes(neededBytes)}.`,
    remedy: ({ folder }) => `Free space on the disk of ${folder}. Nothing that is there was changed.`,
  }),
  'EPH-RELEASES-FOLDER': error<{ folder: string; problem: string }>({
    meaning: 'A folder that should hold a release does not, or cannot be read or written.',
    message: ({ folder, problem }) => `${folder}: ${problem}.`,
    remedy: ({ folder }) =>
      `Check that ${folder} exists, belongs to you, and holds what was fetched or built.`,
  }),
  'EPH-RELEASES-FAULT': error<{ problem: string }>({
    meaning: 'The releaser was told to misbehave in a way that it does not know.',
    message: ({ problem }) => `The list of faults cannot be used: ${problem}.`,
    remedy: () => 'Send a JSON list of objects, each with a known kind, such as [{"kind":"late"}].',
  }),
});
