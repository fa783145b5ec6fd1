import type { ProcessIdentity } from '../../base/process-identity.ts';

/** A process identity as one word, for handles in journals: `<boot id>/<pid>/<start>`. */
export function tokenOf(identity: ProcessIdentity): string {
  return [identity.bootId, identity.pid, identity.startToken].map(encodeURIComponent).join('/');
}

/** Undefined for anything that `tokenOf` did not make. */
export function identityOf(token: string): ProcessIdentity | undefined {
  const [bootId, pidText, startToken, ...more] = token.split('/').map(decoded);
  const pid = Number(pidText);
  if (bootId === undefined || startToken === undefined || startToken === '' || more.length > 0)
    return undefined;
  return Number.isInteger(pid) && pid > 1 ? { bootId, pid, startToken } : undefined;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
