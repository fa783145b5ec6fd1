import type { Clock } from '../../base/clock.ts';
import type { Finding } from '../../core/findings/finding.ts';

const deadlineMs = 5_000;

/** Asks these hosts for nothing but their date, and says what is worth telling of our clock. */
export async function measureClock(urls: readonly string[], clock: Clock): Promise<readonly Finding[]> {
  const [{ HttpClient }, { ClockSkewMeter, skewFindings }] = await Promise.all([
    import('../../base/http.ts'),
    import('../../releases/clock-skew.ts'),
  ]);
  const meter = new ClockSkewMeter();
  const http = new HttpClient({ clock, onExchange: meter.observe });
  try {
    await Promise.allSettled(
      urls.map(async (url) =>
        (await http.request({ url, method: 'HEAD', headersTimeoutMs: deadlineMs })).discard(),
      ),
    );
  } finally {
    await http.close();
  }
  return skewFindings(meter.measure());
}
