import type { SupportContent } from '../../operations/support/support-bundle.ts';
import { formatBytes } from '../output/bytes.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

/** What a bundle contains, for people. */
export function contentsText(contents: readonly SupportContent[]): string {
  return tableText(contents.map(({ path, what, bytes }) => [path, formatBytes(bytes), plainText(what)]));
}

export function bundleText(
  { file, bytes }: { readonly file: string; readonly bytes: number },
  style: Style,
): string {
  return [
    `${style.good('Written')} ${file} (${formatBytes(bytes)}).`,
    'Secrets are taken out. Look through it all the same before you give it away.',
  ].join('\n');
}
