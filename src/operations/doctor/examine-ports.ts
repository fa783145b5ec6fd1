import { oneLook } from '../../base/socket-table.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { readLock } from '../../storage/files/root-lock.ts';
import { devnetFolder, producerPaths, readDevnetSettings } from '../devnet/devnet-file.ts';
import { type DevnetPortServices, takenDevnetPorts, takenPortFinding } from '../devnet/taken-devnet-ports.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { takenPorts } from '../fleet/taken-ports.ts';
import { devnetsOf } from '../supervisor/make-devnets.ts';
import type { Examination } from './examination.ts';

/** Ports of clients that do not run, which somebody has all the same. */
export async function examinePorts(nodes: readonly AssembledNode[]): Promise<readonly Finding[]> {
  const sockets = oneLook();
  const taken = await Promise.all(nodes.map((node) => takenPorts(node, sockets)));
  return taken.flat().map(({ node, layer, name, port, holder }) => {
    const facts = { port, name: `${name} of ${unitName(node, layer)}`, holder };
    return hostFindings.create('EPH-HOST-PORT-TAKEN', facts, { node, layer });
  });
}

/** The same of the local networks that were made. */
export async function examineDevnetPorts(
  services: DevnetPortServices,
  { config }: Pick<Examination, 'config'>,
): Promise<readonly Finding[]> {
  const taken = (config === undefined ? [] : devnetsOf(config.config)).map(async (name) => {
    const folder = devnetFolder(services.paths.root, name);
    const settings = await readDevnetSettings(folder);
    if (settings === undefined) return [];
    // Also of one that somebody runs in the foreground, by itself.
    const isServed = (await readLock(producerPaths(folder))).state === 'held';
    return takenDevnetPorts(services, settings, isServed);
  });
  return (await Promise.all(taken)).flat().map(takenPortFinding);
}
