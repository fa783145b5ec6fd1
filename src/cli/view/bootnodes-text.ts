import type { BootnodesReport } from '../../operations/peers/network-bootnodes.ts';
import type { BootnodeReport } from '../../operations/peers/probe-bootnodes.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';
import { findingText } from './finding-text.ts';

/** Who of a network's bootnodes answers, for people. */
export function bootnodesText(report: BootnodesReport, style: Style): string {
  const { network, iteration, bootnodes, seenAs, findings } = report;
  const rows = bootnodes.map((bootnode) => [
    '',
    bootnode.kind,
    shortRecord(bootnode.record),
    bootnode.answers ? style.good('answers') : style.bad('silent'),
    probesText(bootnode),
  ]);
  return [
    `${style.strong(network)}, iteration ${iteration}: ${bootnodes.filter(({ answers }) => answers).length} of ${bootnodes.length} bootnodes answer`,
    ...(rows.length === 0 ? [] : [tableText(rows)]),
    ...(seenAs === undefined ? [] : [`They see us as ${seenAs}`]),
    ...findings.map((finding) => findingText({ ...finding, facts: { ...finding.facts } }, style)),
  ].join('\n');
}

function probesText({ probes }: BootnodeReport): string {
  return probes
    .map((probe) => {
      if (!probe.answers) return `${probe.by}: ${plainText(probe.reason)}`;
      const more = probe.client ?? probe.refusal;
      return `${probe.by} in ${probe.tookMs} ms${more === undefined ? '' : ` (${plainText(more)})`}`;
    })
    .join('; ');
}

/** The address of an enode; the beginning of a record, whose address only a machine reads. */
function shortRecord(record: string): string {
  return record.startsWith('enode://') ? record.slice(record.indexOf('@') + 1) : `${record.slice(0, 16)}…`;
}
