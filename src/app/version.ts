import { readFileSync } from 'node:fs';

/** The version in our package.json, which lies two folders above, in the sources as in the package. */
export function programVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
