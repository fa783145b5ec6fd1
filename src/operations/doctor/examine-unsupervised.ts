import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import type { FindingReport } from '../control/reports.ts';
import type { EffectiveConfig, OpenedFleet, Services } from '../services.ts';
import { examineHost } from './examine-host.ts';

/** Nothing is wrong with a root that has none of these yet. */
const notYet: readonly string[] = ['EPH-CONFIG-NONE', 'EPH-FLEET-NO-DEVNET'];

export interface UnsupervisedRoot {
  config(): Promise<EffectiveConfig>;
  /** Assembles the nodes for reading. */
  open(config: EffectiveConfig): Promise<OpenedFleet>;
}

/**
 * What is wrong with a root that nobody supervises. A configuration that cannot be read, and nodes that cannot be
 * assembled of it, are findings like others: the rest is looked at all the same, with as much as could be had.
 */
export async function examineUnsupervised(
  services: Services,
  root: UnsupervisedRoot,
): Promise<readonly FindingReport[]> {
  const trouble: Finding[] = [];
  const had = <T>(part: string, get: () => Promise<T>): Promise<T | undefined> =>
    get().catch((thrown) => {
      trouble.push(...troubleFindings(part, thrown));
      return undefined;
    });
  const config = await had('the configuration', () => root.config());
  const opened = config === undefined ? undefined : await had('nodes', () => root.open(config));
  try {
    const examination = { config, nodes: opened?.nodes ?? [], isSupervised: false };
    const rest = await examineHost(services, examination);
    return [...trouble.map((finding) => ({ ...finding, facts: { ...finding.facts } })), ...rest];
  } finally {
    await opened?.close();
  }
}

function troubleFindings(part: string, thrown: unknown): readonly Finding[] {
  if (!isEphemeryError(thrown)) {
    return [hostFindings.create('EPH-HOST-UNEXAMINED', { part, reason: messageOf(thrown) })];
  }
  const { code, message, remedy } = thrown;
  return notYet.includes(code) ? [] : [hostFindings.create('EPH-HOST-CONFIG', { code, message, remedy })];
}
