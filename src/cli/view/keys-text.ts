import { ethText } from '../../core/keys/amount.ts';
import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { DepositKeysReport } from '../../operations/keys/deposit-keys.ts';
import type { ExportKeysReport } from '../../operations/keys/export-keys.ts';
import type { Inclusion } from '../../operations/keys/genesis-places.ts';
import type { ListedKey, ListKeysReport } from '../../operations/keys/list-keys.ts';
import type { NewKeysReport } from '../../operations/keys/new-keys.ts';
import type { ShowKeyReport } from '../../operations/keys/show-key.ts';
import type { ToldMessage } from '../../operations/keys/told-messages.ts';
import type { VerifyDepositsReport } from '../../operations/keys/verify-deposits.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

export function newKeysText(report: NewKeysReport): string {
  const { keys, known, keySet, folder, depositFile, warning, mnemonicFile } = report;
  return [
    ...keys.map(({ pubkey, path }) => `${pubkey}  ${path}`),
    `${keys.length === 1 ? 'One key' : `${keys.length} keys`} made in ${keySet === undefined ? folder : `the key set ${keySet}`}.`,
    ...known.map(
      ({ pubkey, keySet: owner }) => `${shortPublicKey(pubkey)} was in the key set ${owner} already.`,
    ),
    ...(depositFile === undefined ? [] : [`Deposit data: ${depositFile}`]),
    ...(warning === undefined ? [] : [warning]),
    ...(mnemonicFile === undefined
      ? []
      : [`The new mnemonic is in ${mnemonicFile}. Whoever has it has the keys: keep it off this machine.`]),
  ].join('\n');
}

export function listKeysText(report: ListKeysReport, style: Style): string {
  const { keys, notes, network, iteration } = report;
  if (keys.length === 0)
    return 'There are no keys. `ephemery keys new` makes some, `ephemery keys import` takes them over.';
  const isMixed = keys.some(({ held }) => held === 'remote');
  const rows = keys.map((key) => [
    key.keySet,
    shortPublicKey(key.pubkey),
    ...(isMixed ? [key.held === 'remote' ? 'with a signer' : 'here'] : []),
    inclusionText(key.nextGenesis),
    inclusionText(key.thisGenesis),
    stateText(key),
  ]);
  const head = ['set', 'key', ...(isMixed ? ['secret'] : []), 'next genesis', 'this genesis', 'now'].map(
    (word) => style.strong(word),
  );
  return [
    iteration === undefined ? network : `${network}, iteration ${iteration}`,
    tableText([head, ...rows]),
    ...keys.flatMap(({ pubkey, messages }) =>
      messages.map((message) => `${shortPublicKey(pubkey)}: ${messageText(message)}`),
    ),
    ...notes.map((note) => style.faint(note)),
  ].join('\n');
}

const standings: Readonly<Record<ToldMessage['standing'], string>> = {
  holds: 'can be sent',
  early: 'its iteration has not begun',
  void: 'void, its network is gone',
};

function messageText({ kind, network, iteration, file, standing }: ToldMessage): string {
  const what = kind === 'exit' ? 'exit' : 'change of credentials';
  return `${what} for ${network}, iteration ${iteration} (${standings[standing]}): ${file}`;
}

function inclusionText(inclusion: Inclusion): string {
  if (inclusion.included === 'unknown') return 'unknown';
  return inclusion.included ? `#${inclusion.index}` : 'no';
}

function stateText({ state }: ListedKey): string {
  if (state === undefined) return 'unknown';
  return 'index' in state ? `${state.status} #${state.index}` : 'not in the state';
}

export function showKeyText(report: ShowKeyReport): string {
  const { derivation } = report;
  const strength =
    derivation.function === 'scrypt'
      ? `scrypt, n ${derivation.n}, r ${derivation.r}, p ${derivation.p}`
      : `pbkdf2, ${derivation.iterations} iterations`;
  return tableText([
    ['key', report.pubkey],
    ['key set', report.keySet],
    ['path', report.path === '' ? 'not told' : report.path],
    ['keystore', report.file],
    ['protection', strength],
    ['password', report.hasPassword ? 'lies beside it' : 'kept by you'],
    ...report.messages.map((message) => ['signed', messageText(message)]),
    ...(report.proven === true ? [['proven', 'it opens, and to this key']] : []),
  ]);
}

export function exportKeysText({ folder, layout, keys, withoutPassword }: ExportKeysReport): string {
  return [
    `${keys.length} keys copied to ${folder}, as ${layout} has them.`,
    ...(withoutPassword.length === 0
      ? []
      : [`${withoutPassword.length} of them without a password: you keep it.`]),
    'They are still here too: stop them here before you run them elsewhere. Two signers of one key are slashed.',
  ].join('\n');
}

export function depositKeysText({ file, network, deposits, warning }: DepositKeysReport): string {
  const total = deposits.reduce((sum, { amount }) => sum + amount, 0);
  const made = `${deposits.length} deposits of ${ethText(total)} ETH in all for ${network}: ${file}`;
  return [made, ...(warning === undefined ? [] : [warning])].join('\n');
}

export function verifyDepositsText({ file, network, deposits }: VerifyDepositsReport, style: Style): string {
  const bad = deposits.filter(({ problems }) => problems.length > 0);
  return [
    ...bad.flatMap(({ pubkey, problems }) =>
      problems.map((problem) => `${style.bad(shortPublicKey(pubkey))} ${problem}`),
    ),
    bad.length === 0
      ? style.good(`All ${deposits.length} deposits in ${file} can be made on ${network}.`)
      : `${bad.length} of ${deposits.length} deposits in ${file} cannot be made on ${network}.`,
  ].join('\n');
}
