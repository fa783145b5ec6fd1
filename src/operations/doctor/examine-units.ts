import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Config } from '../../config/schema.ts';
import { externalRuntime } from '../../core/external/external-runtime.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import { nodeLayers } from '../../core/node/desired.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { Services } from '../services.ts';
import { devnetUnitName } from '../supervisor/devnet-units.ts';
import { devnetsOf } from '../supervisor/make-devnets.ts';
import type { Examination } from './examination.ts';

/** Programs of ours that run though no supervisor keeps them, and runtimes that cannot say. */
export async function examineUnits(
  services: Services,
  examination: Examination,
): Promise<readonly Finding[]> {
  const config = examination.config?.config;
  if (config === undefined) return [];
  const running: string[] = [];
  const silent: Finding[] = [];
  for (const [id, names] of unitsByRuntime(config)) {
    try {
      const runtime = await services.runtime(id);
      await runtime.reach?.();
      for (const name of names) if ((await runtime.recover(name)) !== undefined) running.push(name);
    } catch (cause) {
      const known = isEphemeryError(cause)
        ? { code: cause.code, remedy: cause.remedy }
        : { code: 'EPH-RUNTIME' };
      silent.push(
        hostFindings.create('EPH-HOST-RUNTIME', { runtime: id, ...known, message: messageOf(cause) }),
      );
    }
  }
  if (running.length === 0 || examination.isSupervised) return silent;
  return [...silent, hostFindings.create('EPH-HOST-UNSUPERVISED', { units: running })];
}

/** Local networks are processes, whatever their nodes are. */
function unitsByRuntime(config: Config): ReadonlyMap<string, readonly string[]> {
  const units = new Map<string, readonly string[]>([['process', devnetsOf(config).map(devnetUnitName)]]);
  for (const [node, { runtime }] of Object.entries(config.nodes)) {
    if (runtime === externalRuntime) continue;
    const names = nodeLayers.map((layer) => unitName(node, layer));
    units.set(runtime, [...(units.get(runtime) ?? []), ...names]);
  }
  return units;
}
