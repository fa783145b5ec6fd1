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
    `  ${plainText(kind)}`,
    `${from}${toSlot === undefined ? '' : ` to ${toSlot}`}`,
    settingsText(rest),
  ];
}

/** How a local network's releaser misbehaves, for people. */
export function faultsText({ devnet, faults }: FaultsReport): string {
  if (faults.length === 0) return `The releaser of ${devnet} behaves.`;
  const rows = faults.map(({ kind, ...settings }) => [`  ${plainText(kind)}`, settingsText(settings)]);
  return `The releaser of ${devnet} misbehaves:\n${tableText(rows)}`;
}

function settingsText(settings: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(settings).map(([name, value]) => `${name} ${String(value)}`);
  return plainText(texts.join(', '));
}
