import type { ArtifactReport, ArtifactsReport } from '../../operations/artifacts/list-artifacts.ts';
import type { PruneReport } from '../../operations/artifacts/prune-artifacts.ts';
import type { UpdateReport } from '../../operations/artifacts/update-artifacts.ts';
import type { VerifyReport } from '../../operations/artifacts/verify-artifacts.ts';
import { formatBytes } from '../output/bytes.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

const trustWords = {
  publisher: 'checksum of the publisher',
  signature: 'signature of the publisher',
  configured: 'checksum of the configuration',
  'first-use': 'as it first came',
} as const;

/** The programs of a configuration, for people. */
export function artifactsText({ programs, unneeded, lockFile }: ArtifactsReport, style: Style): string {
  if (programs.length === 0) return 'The configuration runs no programs of its own.';
  const heading = ['program', 'version', 'source', 'checksum', 'size', 'used by'].map(style.faint);
  const rows = programs.map((program) => row(program, style));
  const bytes = unneeded.reduce((sum, item) => sum + item.bytes, 0);
  return [
    tableText([heading, ...rows]),
    ...(programs.some(({ isPinned }) => isPinned) ? [style.faint(`Pinned in ${lockFile}.`)] : []),
    ...programs.flatMap(({ problem }) => (problem === undefined ? [] : [style.bad(plainText(problem))])),
    ...programs.filter(({ disagrees }) => disagrees === true).map((program) => disagreement(program, style)),
    ...(unneeded.length === 0
      ? []
      : [`${unneeded.length} more take ${formatBytes(bytes)} and are not needed: ephemery artifacts prune.`]),
  ].join('\n');
}

function row(program: ArtifactReport, style: Style): string[] {
  const { client, version, source, usedBy } = program;
  return [
    client,
    plainText(version ?? 'unknown'),
    source ?? style.bad('nowhere'),
    checksum(program, style),
    size(program),
    usedBy.join(', '),
  ];
}

function checksum({ digest, trust, isPinned }: ArtifactReport, style: Style): string {
  if (!isPinned) return style.warning('not pinned yet');
  const short = digest === undefined ? '' : digest.replace(/^sha256:/, '').slice(0, 12);
  const words = trust === undefined ? '' : trustWords[trust];
  return [short, trust === 'first-use' ? style.warning(words) : words]
    .filter((part) => part !== '')
    .join(', ');
}

function size({ installed, bytes }: ArtifactReport): string {
  if (installed === 'no') return 'not installed';
  return bytes === undefined ? '' : formatBytes(bytes);
}

function disagreement({ key }: ArtifactReport, style: Style): string {
  return style.warning(
    `The configuration means another ${key} than the pinned one: ephemery artifacts update.`,
  );
}

const outcomeWords = {
  good: 'is what is pinned',
  altered: 'is NOT what is pinned',
  absent: 'is not installed',
  unpinned: 'is not pinned yet',
  elsewhere: 'is an image, and the container engine did not say whether it has it',
} as const;

/** What became of reading the programs again, for people. */
export function verificationText({ programs }: VerifyReport, style: Style): string {
  const lines = programs.flatMap(({ key, outcome, problems }) => {
    const paint = { good: style.good, altered: style.bad }[outcome as 'good'] ?? style.faint;
    return [
      paint(`${key} ${outcomeWords[outcome]}`),
      ...problems.map((problem) => `  ${plainText(problem)}`),
    ];
  });
  const isAltered = programs.some(({ outcome }) => outcome === 'altered');
  const remedy =
    'Remove what is altered from the folder `artifacts` of the home, and run `ephemery up`: it is fetched again.';
  return [...lines, ...(isAltered ? [remedy] : [])].join('\n');
}

/** What changes, or changed, in the lock file, for people. */
export function updateText(report: UpdateReport, style: Style): string {
  const { changes, applied, isSupervised, lockFile } = report;
  if (changes.length === 0) return style.good('Everything is as it should be; nothing to change.');
  const lines = changes.map(({ key, kind, from, to }) => {
    if (kind === 'added') return `+ ${key}: ${plainText(to ?? '')}`;
    if (kind === 'dropped') return `- ${key}: ${plainText(from ?? '')}`;
    return `~ ${key}: ${plainText(from ?? '')}\n    -> ${plainText(to ?? '')}`;
  });
  if (!applied) return [...lines, style.faint(`Nothing is changed yet in ${lockFile}.`)].join('\n');
  const next = isSupervised
    ? 'Nodes that run take it up with `ephemery up`.'
    : 'The next `ephemery up` starts these.';
  return [
    ...lines,
    style.good(`Changed in ${lockFile}.`),
    next,
    'Back: ephemery artifacts update --back.',
  ].join('\n');
}

/** What went, or would go, for people. */
export function pruneText({ removed, bytes, isDryRun }: PruneReport): string {
  if (removed.length === 0) return 'Nothing that is installed can go.';
  const lines = removed.map((item) => `  ${plainText(item.what)}: ${item.path} (${formatBytes(item.bytes)})`);
  return [`${isDryRun ? 'Would remove' : 'Removed'} ${formatBytes(bytes)}:`, ...lines].join('\n');
}
