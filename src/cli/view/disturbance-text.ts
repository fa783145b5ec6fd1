import { formatDuration } from '../../base/duration.ts';
import type { ActiveOrder, ChaosReport } from '../../operations/devnet/devnet-chaos.ts';
import type { FaultsReport } from '../../operations/devnet/devnet-faults.ts';
import { plainText } from '../output/plain-text.ts';
import { tableText } from '../output/table.ts';

/** What disturbs a local network's blocks and API, for people. */
export function chaosText({ devnet, active }: ChaosReport): string {
  if (active.length === 0) return `Nothing disturbs ${devnet}.`;
  return `In force on ${devnet}:\n${tableText(active.map(orderRow))}`;
}

function orderRow({ kind, fromSlot, toSlot, ...settings }: ActiveOrder): string[] {
  const { slots: _slots, ...rest } = settings;
  const from = fromSlot === undefined ? '' : `from slot ${fromSlot}`;
  return [
    `  ${chaosWord(plainText(kind))}`,
    `${from}${toSlot === undefined ? '' : ` to ${toSlot}`}`,
    settingsText(rest),
  ];
}

/** What was ordered just now. Some orders are one deed of the next block, and nothing that stays in force. */
export function orderedText(kind: string, { active }: ChaosReport): string {
  const word = chaosWord(kind);
  return active.some((order) => order.kind === kind)
    ? `Ordered ${word}.`
    : `Ordered ${word}: the producer does it at once or with its next block.`;
}

/** The word that orders it. */
function chaosWord(kind: string): string {
  return kind === 'stall-api' ? 'stall' : kind;
}

/** How a local network's releaser misbehaves, for people. */
export function faultsText({ devnet, faults }: FaultsReport): string {
  if (faults.length === 0) return `The releaser of ${devnet} behaves.`;
  const rows = faults.map(({ kind, ...settings }) => [`  ${plainText(kind)}`, settingsText(settings)]);
  return `The releaser of ${devnet} misbehaves:\n${tableText(rows)}`;
}

function settingsText(settings: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(settings).map(([name, value]) =>
    name.endsWith('Ms')
      ? `${name.slice(0, -2)} ${formatDuration(Number(value))}`
      : `${name} ${String(value)}`,
  );
  return plainText(texts.join(', '));
}
