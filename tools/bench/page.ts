import { type BenchResult, type Machine, shareOfLimit, shareOfMemory } from './result.ts';

/** docs/reference/benchmarks.md, from the results of the last run of each bench. */
export function benchmarksPage(results: readonly BenchResult[]): string {
  const sorted = [...results].sort((a, b) => (a.name < b.name ? -1 : 1));
  const machines = [...new Set(sorted.map(({ machine }) => describeMachine(machine)))];
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; do not edit. Each bench runs in a process of its own, after warm-up runs that do not',
    'count. The value is the median of the runs, with the smallest and the largest beside it. "Of limit" is the share of',
    'the limit that is used: 1.00 is at the limit, more is over it. Peak memory is of the process that does the work.',
    '',
    ...machines.map((machine, index) => `${index === 0 ? '' : '\n'}Measured on ${machine}.`),
    '',
    '| bench | what | median | range | runs | limit | of limit | peak memory | of limit |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|',
    ...sorted.map(row),
    '',
  ].join('\n');
}

function describeMachine({ platform, cores, memoryGb, node }: Machine): string {
  return `${platform}, ${cores} cores, ${memoryGb} GB of memory, Node ${node}`;
}

function row(result: BenchResult): string {
  const { unit, limit } = result;
  const cells = [
    `\`${result.name}\``,
    result.what,
    `${figure(result.median)} ${unit}`,
    `${figure(result.smallest)} to ${figure(result.largest)}`,
    String(result.runs),
    limit === undefined
      ? ''
      : `${limit.sense === 'at-least' ? 'at least' : 'at most'} ${limit.value} ${unit}`,
    share(shareOfLimit(result)),
    memory(result),
    share(shareOfMemory(result)),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Three digits that matter. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function memory({ peakMemoryMb, memoryLimitMb }: BenchResult): string {
  if (peakMemoryMb === undefined) return '';
  return `${Math.round(peakMemoryMb)} MB${memoryLimitMb === undefined ? '' : ` of ${memoryLimitMb} MB`}`;
}

function share(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}
