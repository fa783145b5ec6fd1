import { genesisErrors } from '../errors.ts';
import type { InputFile } from '../inputs.ts';
import { substitute } from '../substitute.ts';
import { isRecord, type RefuseTemplate, readTemplateYaml } from '../template-yaml.ts';
import type { NetworkValues } from '../values.ts';
import { refuseOtherSettings } from './execution-settings.ts';
import type { GenesisAccount } from './genesis-json.ts';

const accountLimit = 100_000;

/**
 * The accounts that el-config.yaml adds: `el_premine_addrs` and inline `additional_preloaded_contracts`,
 * by lower-case address. Keys derived from a mnemonic (`el_premine`) and contracts to be fetched are
 * refused with EPH-GENESIS-PREMINE, as is whatever is malformed,
 * with its line. Throws EPH-GENESIS-CONFIG for settings that are unknown or say something else.
 */
export async function readPremine(
  template: InputFile,
  values: NetworkValues,
  depositContractAddress: string,
): Promise<ReadonlyMap<string, GenesisAccount>> {
  const refuse: RefuseTemplate = (problem, line, cause) =>
    genesisErrors.create(
      'EPH-GENESIS-PREMINE',
      { file: template.name, ...(line === undefined ? {} : { line }), problem },
      cause,
    );
  const yaml = await readTemplateYaml(substitute(template, values), refuse);
  refuseOtherSettings(yaml, { file: template.name, values, depositContractAddress });
  const at: Refuse = (path, problem) => refuse(problem, yaml.lineOf(path));
  if (Object.keys(entriesOf(yaml.settings, 'el_premine', at)).length > 0)
    throw at(['el_premine'], 'el_premine derives accounts from a mnemonic, which is not supported');
  const accounts = new Map<string, GenesisAccount>();
  for (const section of ['el_premine_addrs', 'additional_preloaded_contracts'])
    for (const [address, entry] of Object.entries(entriesOf(yaml.settings, section, at))) {
      const path = [section, address];
      const account = readAccount(entry, (within, problem) =>
        at([...path, ...within], `${section}, ${address}: ${problem}`),
      );
      if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw at(path, `${section}: ${address} is no address`);
      accounts.set(address.toLowerCase(), { ...accounts.get(address.toLowerCase()), ...account });
      if (accounts.size > accountLimit) throw at(path, `there are more than ${accountLimit} accounts`);
    }
  return accounts;
}

/** The error about the setting at a path. */
type Refuse = (path: readonly string[], problem: string) => Error;

function entriesOf(
  settings: Readonly<Record<string, unknown>>,
  section: string,
  refuse: Refuse,
): Record<string, unknown> {
  const entries = settings[section] ?? {};
  if (entries === '') return {};
  if (isRecord(entries)) return entries;
  throw refuse([section], `${section} is no list of accounts by address`);
}

function readAccount(entry: unknown, refuse: Refuse): GenesisAccount {
  if (typeof entry === 'string') return { balance: readBalance(entry, (problem) => refuse([], problem)) };
  if (!isRecord(entry)) throw refuse([], 'it is neither a balance nor an account');
  const { balance = '0', nonce, code, storage } = entry;
  return {
    balance: readBalance(balance, (problem) => refuse(['balance'], problem)),
    ...(nonce === undefined ? {} : { nonce: readNonce(nonce, refuse) }),
    ...(code === undefined ? {} : { code: readCode(code, refuse) }),
    ...(storage === undefined ? {} : { storage: readStorage(storage, refuse) }),
  };
}

/** `10ETH` is ten times 10^18 wei; without the unit the number is wei, decimal or hex. */
function readBalance(value: unknown, refuse: (problem: string) => Error): string {
  const match =
    typeof value === 'string' ? /^(\d{1,60}) *(ETH)?$|^0x[0-9a-fA-F]{1,64}$/.exec(value.trim()) : null;
  if (match === null)
    throw refuse(`the balance ${JSON.stringify(value)} is neither wei nor of the form 10ETH`);
  const wei = match[2] === undefined ? BigInt(match[0]) : BigInt(match[1] ?? 0) * 10n ** 18n;
  if (wei >= 2n ** 256n) throw refuse('the balance does not fit in 256 bits');
  return wei.toString();
}

function readNonce(value: unknown, refuse: Refuse): string {
  const text = String(value);
  if (!/^(\d{1,15}|0x[0-9a-fA-F]{1,13})$/.test(text)) throw refuse(['nonce'], `${text} is no nonce`);
  return `0x${Number(text).toString(16)}`;
}

function readCode(value: unknown, refuse: Refuse): string {
  if (typeof value === 'string' && /^0x([0-9a-fA-F]{2})*$/.test(value)) return value.toLowerCase();
  throw refuse(['code'], 'code is not hex with 0x and whole bytes');
}

function readStorage(value: unknown, refuse: Refuse): Record<string, string> {
  if (!isRecord(value)) throw refuse(['storage'], 'storage is no list of slots');
  const storage: Record<string, string> = {};
  for (const [slot, content] of Object.entries(value)) {
    const word = (text: unknown) => {
      if (typeof text === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(text)) return text.slice(2).toLowerCase();
      throw refuse(['storage', slot], 'storage holds something that is no 32-byte hex');
    };
    // A slot that is zero is not in the trie at all.
    if (/[^0]/.test(word(content)))
      storage[`0x${word(slot).padStart(64, '0')}`] = `0x${word(content).padStart(64, '0')}`;
  }
  return storage;
}
