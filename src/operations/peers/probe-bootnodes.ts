import type { NodeProbe, ProbeAnswer } from '../../chain/node-probe.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { peersFindings } from '../../core/findings/peers.ts';

export interface BootnodeReport {
  readonly kind: 'execution' | 'consensus';
  /** As the release has it. */
  readonly record: string;
  readonly answers: boolean;
  /** Execution: discv4 and an RLPx handshake. Consensus: discv5. */
  readonly probes: readonly ProbeAnswer[];
}

export interface Bootnodes {
  readonly enodes: readonly string[];
  readonly bootstrapEnrs: readonly string[];
}

/** Calls every bootnode once, all at the same time. */
export async function probeBootnodes(
  { enodes, bootstrapEnrs }: Bootnodes,
  probe: NodeProbe,
): Promise<readonly BootnodeReport[]> {
  const report = async (
    kind: BootnodeReport['kind'],
    record: string,
    calls: readonly Promise<ProbeAnswer>[],
  ): Promise<BootnodeReport> => {
    const probes = await Promise.all(calls);
    return { kind, record, answers: probes.some(({ answers }) => answers), probes };
  };
  return Promise.all([
    ...enodes.map((enode) => report('execution', enode, [probe.discv4(enode), probe.rlpx(enode)])),
    ...bootstrapEnrs.map((enr) => report('consensus', enr, [probe.discv5(enr)])),
  ]);
}

/** That none of a kind answers; one that does is enough to find the others. */
export function bootnodeFindings(network: string, reports: readonly BootnodeReport[]): readonly Finding[] {
  return (['execution', 'consensus'] as const).flatMap((kind) => {
    const asked = reports.filter((report) => report.kind === kind);
    if (asked.length === 0 || asked.some(({ answers }) => answers)) return [];
    const facts = { network, asked: asked.length, kind };
    return [peersFindings.create('EPH-PEERS-BOOTNODES-DEAD', facts, { network, layer: kind })];
  });
}

/** Our address, `host:port`, as each of them saw it. */
export function seenAddresses(reports: readonly BootnodeReport[]): readonly string[] {
  return reports
    .flatMap(({ probes }) => probes)
    .flatMap((answer) => (answer.answers && answer.seenAs !== undefined ? [answer.seenAs] : []));
}
