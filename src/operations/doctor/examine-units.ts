import { isEphemeryError, messageOf } from '../../base/errors.ts';
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
  const names = [
    ...Object.keys(config.nodes).flatMap((node) => nodeLayers.map((layer) => unitName(node, layer))),
    ...devnetsOf(config).map(devnetUnitName),
  ];
  const running: string[] = [];
  try {
    const runtime = await services.runtime('process');
    for (const name of names) if ((await runtime.recover(name)) !== undefined) running.push(name);
  } catch (cause) {
    const code = isEphemeryError(cause) ? cause.code : 'EPH-RUNTIME';
    return [hostFindings.create('EPH-HOST-RUNTIME', { runtime: 'process', code, message: messageOf(cause) })];
  }
  if (running.length === 0 || examination.isSupervised) return [];
  return [hostFindings.create('EPH-HOST-UNSUPERVISED', { units: running })];
}
