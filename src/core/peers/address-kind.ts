export type AddressKind = 'public' | 'private' | 'loopback' | 'unspecified' | 'name';

/** What an address is to the world. Sources: RFC 1918, 6598 (shared by a carrier), 3927, 4193, 4291. */
export function addressKind(host: string): AddressKind {
  const parts = host.split('.').map(Number);
  if (parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255)) {
    return kindOfV4(parts);
  }
  if (!host.includes(':')) return 'name';
  const short = host.toLowerCase();
  if (/^(0*:)*0*1$/.test(short)) return 'loopback';
  if (/^[0:]+$/.test(short)) return 'unspecified';
  return /^(fc|fd|fe[89ab])/.test(short) ? 'private' : 'public';
}

function kindOfV4([a = 0, b = 0]: readonly number[]): AddressKind {
  if (a === 0) return 'unspecified';
  if (a === 127) return 'loopback';
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127);
  return isPrivate ? 'private' : 'public';
}

/** The host that most of those who were asked name; undefined when nobody was. `seen`: `host:port`. */
export function commonHost(seen: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of seen) {
    const host = text.slice(0, text.lastIndexOf(':'));
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
