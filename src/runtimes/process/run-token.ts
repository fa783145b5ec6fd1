import type { ProcessIdentity } from '../../base/process-identity.ts';

/** A process, and for which folder of records it was started: a copied journal names processes of the original. */
export interface RunIdentity extends ProcessIdentity {
  readonly place?: string;
}

/** It as one word, for handles in journals: `<boot id>/<pid>/<start>/<place>`. */
export function tokenOf({ bootId, pid, startToken, place }: RunIdentity): string {
  const parts = [bootId, pid, startToken, ...(place === undefined ? [] : [place])];
  return parts.map(encodeURIComponent).join('/');
}

/** Undefined for anything that `tokenOf` did not make. */
export function identityOf(token: string): RunIdentity | undefined {
  const [bootId, pidText, startToken, place, ...more] = token.split('/').map(decoded);
  const pid = Number(pidText);
  if (bootId === undefined || startToken === undefined || startToken === '' || more.length > 0)
    return undefined;
  if (!Number.isInteger(pid) || pid <= 1 || place === '') return undefined;
  return { bootId, pid, startToken, ...(place === undefined ? {} : { place }) };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
