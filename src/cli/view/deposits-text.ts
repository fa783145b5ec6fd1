import { ethText } from '../../core/keys/amount.ts';
import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { DepositAgainReport } from '../../operations/keys/deposit-again.ts';
import type { DepositPlace, ListDepositsReport } from '../../operations/keys/list-deposits.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

const places: Readonly<Record<DepositPlace, string>> = {
  'in-genesis': 'in this genesis',
  'in-state': 'in the state',
  outside: 'not on this network',
  unknown: 'unknown',
};

export function listDepositsText(report: ListDepositsReport, style: Style): string {
  const { network, iteration, from, deposits, notes } = report;
  const title = `${network}, iteration ${iteration}`;
  if (deposits.length === 0) return `${title}\nNo deposit of iteration ${from} was signed here.`;
  const head = ['set', 'key', 'made in', 'ETH', 'credentials', 'now'].map((word) => style.strong(word));
  const rows = deposits.map((each) => [
    each.keySet,
    shortPublicKey(each.pubkey),
    String(each.iteration),
    ethText(each.amountGwei),
    each.credentials,
    places[each.now],
  ]);
  return [title, tableText([head, ...rows]), ...notes.map((note) => style.faint(note))].join('\n');
}

export function depositAgainText({
  file,
  network,
  iteration,
  deposits,
  ...report
}: DepositAgainReport): string {
  const total = deposits.reduce((sum, { amount }) => sum + amount, 0);
  const contract = report.transactions?.[0]?.to;
  return [
    `${deposits.length} deposits of ${ethText(total)} ETH in all for ${network}, iteration ${iteration}: ${file}`,
    ...(report.needMnemonic ?? []).map(
      (key) => `${shortPublicKey(key)} is left out: its 0x00 credentials need the mnemonic.`,
    ),
    'Nothing was sent. The launchpad of the network takes the file.',
    ...(contract === undefined
      ? []
      : [`Or one transaction a deposit to ${contract}: --json prints their data and value.`]),
  ].join('\n');
}
