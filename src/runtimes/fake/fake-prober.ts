import { known, unknown } from '../../base/answer.ts';
import type { ReadinessProbe } from '../../core/clients/units.ts';
import type { Prober } from '../readiness.ts';
import type { FakeHost } from './fake-host.ts';

/** Answers for the unit on the host whose own probe this is: unknown while none such is up. */
export function createFakeProber(host: FakeHost): Prober {
  return async (probe) => {
    if (probe.kind === 'none') return known(true);
    const process = host
      .up()
      .find((p) => 'readiness' in p.run.spec && sameProbe(p.run.spec.readiness, probe));
    if (process === undefined) return unknown('connect ECONNREFUSED 127.0.0.1');
    return known(host.isReady(process.name));
  };
}

function sameProbe(a: ReadinessProbe, b: ReadinessProbe): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
