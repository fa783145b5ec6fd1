import { plainText } from './plain-text.ts';

/** Columns as wide as their widest cell; colours do not count. No line ends in spaces. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, plainText(cell).length);
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - plainText(cell).length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
