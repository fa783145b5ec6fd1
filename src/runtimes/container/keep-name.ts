import { createHash } from 'node:crypto';

const repository = 'localhost/ephemery-keep';

/**
 * The name by which a home keeps an image that it or another home pulled: as long as a home has one on it, no other
 * removes it.
 */
export function keepName(home: string, image: { readonly repository: string; readonly digest: string }) {
  const hash = createHash('sha256').update(`${image.repository}@${image.digest}`).digest('hex').slice(0, 32);
  const tag = `${home}-${hash}`;
  return { repo: repository, tag, name: `${repository}:${tag}` };
}

export function isKeepName(name: string): boolean {
  return name.startsWith(`${repository}:`);
}
