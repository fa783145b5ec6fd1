const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

type Unit = keyof typeof unitsMs;

/** What a duration looks like to a person; for messages and the reference. */
export const durationForm = 'a number and a unit (ms, s, m, h, d), for instance 1s, 2m, 1h30m, 28d';

/** Milliseconds of `1s`, `2m`, `1h30m`, `28d`, `500ms`; undefined when it is not a duration or not above zero. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * unitsMs[unit as Unit];
  }
  const roundedMs = Math.round(totalMs);
  return roundedMs > 0 && Number.isSafeInteger(roundedMs) ? roundedMs : undefined;
}

/** As `parseDuration` takes it, and exactly: `1d`, `1h30m`, `500ms`. */
export function writtenDuration(durationMs: number): string {
  let leftMs = durationMs;
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const amount = Math.floor(leftMs / unitsMs[unit]);
    leftMs -= amount * unitsMs[unit];
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.join('');
}

/** The two largest units that matter: `27d 4h`, `1m 30s`, `850ms`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.max(0, Math.round(durationMs))}ms`;
  let leftMs = Math.round(durationMs / 1_000) * 1_000;
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(leftMs / unitsMs[unit]);
    leftMs -= amount * unitsMs[unit];
    if (amount > 0 || parts.length > 0) parts.push(`${amount}${unit}`);
  }
  return parts
    .slice(0, 2)
    .filter((part) => !part.startsWith('0'))
    .join(' ');
}
