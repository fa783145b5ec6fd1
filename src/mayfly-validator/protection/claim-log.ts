import { readPublicKey } from '../../core/keys/public-key.ts';
import type { AttestationClaim, BlockClaim } from './watermarks.ts';

/** A line of the log: `b <key> <slot> <root>` or `a <key> <source> <target> <root>`. */
export function encodeBlock({ key, slot, root }: BlockClaim): string {
  return `b ${key} ${slot} ${root}\n`;
}

export function encodeAttestation({ key, source, target, root }: AttestationClaim): string {
  return `a ${key} ${source} ${target} ${root}\n`;
}

/**
 * The claims of a log. A torn end is left out: its flush had not returned, so nothing was signed. Undefined when a
 * line before it is damaged.
 */
export function decodeClaims(log: string): (BlockClaim | AttestationClaim)[] | undefined {
  const lines = log
    .slice(0, log.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  const claims = lines.map(decodeLine);
  // Several lines are flushed at once, so more than the last may be torn; after a whole one none is.
  const firstTorn = claims.indexOf(undefined);
  if (firstTorn < 0) return claims as (BlockClaim | AttestationClaim)[];
  const rest = claims.slice(firstTorn);
  return rest.every((claim) => claim === undefined)
    ? (claims.slice(0, firstTorn) as (BlockClaim | AttestationClaim)[])
    : undefined;
}

function decodeLine(line: string): BlockClaim | AttestationClaim | undefined {
  const [kind, keyText = '', ...rest] = line.split(' ');
  const key = readPublicKey(keyText);
  const root = rest.at(-1) ?? '';
  const numbers = rest.slice(0, -1).map(Number);
  const isWhole = numbers.every((n) => Number.isSafeInteger(n)) && /^0x[0-9a-f]{64}$/.test(root);
  if (key === undefined || !isWhole) return undefined;
  const [first, second] = numbers;
  if (kind === 'b' && numbers.length === 1 && first !== undefined) return { key, slot: first, root };
  if (kind === 'a' && numbers.length === 2 && first !== undefined && second !== undefined) {
    return { key, source: first, target: second, root };
  }
  return undefined;
}
