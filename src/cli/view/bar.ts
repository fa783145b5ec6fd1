const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const partial = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of so many columns, `share` of it (0 to 1) filled; never full before it is done. */
export function bar(share: number, columns: number): string {
  const eighths = Math.floor(Math.min(1, Math.max(0, share)) * columns * 8);
  const shown = share < 1 ? Math.min(eighths, columns * 8 - 1) : eighths;
  const full = '█'.repeat(Math.floor(shown / 8));
  const filled = `${full}${partial[shown % 8] ?? ''}`;
  return filled + '░'.repeat(columns - filled.length);
}

/** A line of small columns, the highest value the highest; the latest are shown where there are too many. */
export function sparkline(values: readonly number[], columns: number): string {
  const shown = spread(values, columns);
  const highest = Math.max(...shown, 0);
  if (shown.length === 0 || highest === 0) return '';
  return shown
    .map((value) => blocks[Math.round((value / highest) * (blocks.length - 1))] ?? blocks[0])
    .join('');
}

function spread(values: readonly number[], columns: number): readonly number[] {
  if (values.length <= columns) return values;
  const stride = (values.length - 1) / (columns - 1);
  return Array.from({ length: columns }, (_, index) => values[Math.round(index * stride)] ?? 0);
}
