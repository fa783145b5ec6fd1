import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type EphemeryError, isEphemeryError } from '../base/errors.ts';
import { networkErrors } from '../core/network/errors.ts';
import { validatorsFileErrors } from '../core/network/validators-file-errors.ts';
import { buildRelease } from './build-release.ts';
import { genesisErrors } from './errors.ts';
import type { GenesisInputs, InputFile } from './inputs.ts';
import { readInputs } from './read-inputs.ts';

const inputs = await readInputs(join(import.meta.dirname, '../../test/fixtures/genesis-inputs'));
const [firstFile = { name: '', text: '' }] = inputs.validators;
const [pubkey = '', credentials = ''] = (firstFile.text.split('\n')[1] ?? '').split(':');

type Files = Readonly<
  Record<
    'values' | 'consensusTemplate' | 'executionTemplate' | 'validators' | 'enodes' | 'bootnodes',
    InputFile
  >
>;
const files: Files = { ...inputs, validators: firstFile };

interface Wrong {
  readonly in: keyof Files;
  readonly code: string;
  /** What is put in place of what. */
  readonly change: readonly [string | RegExp, string];
  /** Stands on the line that must be named, in what was changed. */
  readonly at: string;
  readonly says: string;
  /** Of the remedy. */
  readonly todo: string;
}

const premine = {
  in: 'executionTemplate',
  code: 'EPH-GENESIS-PREMINE',
  todo: 'List accounts under',
} as const;
const execution = {
  in: 'executionTemplate',
  code: 'EPH-GENESIS-CONFIG',
  todo: 'Correct el-config.yaml',
} as const;
const config = {
  in: 'consensusTemplate',
  code: 'EPH-GENESIS-CONFIG',
  todo: 'Correct cl-config.yaml',
} as const;
const validators = { in: 'validators', at: '# here', change: [/$/, ''] } as const;
const oneMore = (line: string) => ({ change: [/$/, `\n${line} # here`] as const });
const other = `0x${'b'.repeat(95)}`;

const wrongs: readonly Wrong[] = [
  {
    ...{ in: 'values', code: 'EPH-NETWORK-VARIABLES-SYNTAX', change: [/$/, '\nexport X=$(id)\n'] },
    ...{ at: 'X=$(id)', says: '', todo: 'NAME=' },
  },
  {
    ...{ in: 'values', code: 'EPH-GENESIS-VALUE', change: ['"7000040"', '"seven"'] },
    ...{
      at: 'seven',
      says: 'CHAIN_ID is "seven", not a whole number',
      todo: 'Correct CHAIN_ID in values.env',
    },
  },
  {
    ...{ in: 'values', code: 'EPH-GENESIS-VALUE', change: ['BPO_1_MAX_BLOBS=12', 'BPO_1_MAX_BLOBS=-12'] },
    ...{ at: 'BPO_1_MAX_BLOBS', says: 'BPO_1_MAX_BLOBS is "-12"', todo: 'Correct BPO_1_MAX_BLOBS' },
  },
  {
    ...{
      in: 'values',
      code: 'EPH-GENESIS-VALUE',
      change: ['GENESIS_GASLIMIT=36000000', 'GENESIS_GASLIMIT='],
    },
    ...{ at: 'GENESIS_GASLIMIT', says: 'GENESIS_GASLIMIT is ""', todo: 'Correct GENESIS_GASLIMIT' },
  },
  {
    ...{ in: 'consensusTemplate', code: 'EPH-GENESIS-VARIABLE-UNKNOWN', change: [/$/, '\nX: $NOBODY\n'] },
    ...{ at: '$NOBODY', says: 'nothing gives $NOBODY a value', todo: 'Add NOBODY=… to values.env' },
  },
  {
    ...{
      in: 'executionTemplate',
      code: 'EPH-GENESIS-VARIABLE-UNKNOWN',
      change: [/\$\{CHAIN_ID\}/, '$NOBODY'],
    },
    ...{ at: '$NOBODY', says: 'nothing gives $NOBODY a value', todo: 'Add NOBODY=… to values.env' },
  },
  { ...config, change: ['$PRESET_BASE', 'minimal'], at: 'PRESET_BASE:', says: 'PRESET_BASE is minimal' },
  {
    ...config,
    change: [/FULU_FORK_EPOCH: .*/, 'FULU_FORK_EPOCH: 7'],
    at: 'FULU_FORK_EPOCH: 7',
    says: 'but 0',
  },
  { ...config, change: ['$GENESIS_FORK_VERSION', '0x12'], at: 'GENESIS_FORK_VERSION', says: 'four bytes' },
  {
    ...config,
    change: ['$DEPOSIT_CONTRACT_ADDRESS', '0x12'],
    at: 'DEPOSIT_CONTRACT_ADDRESS',
    says: '40 hex',
  },
  { ...config, change: ['$EJECTION_BALANCE', 'many'], at: 'EJECTION_BALANCE', says: 'is many, neither' },
  { ...config, change: ['$EJECTION_BALANCE', ''], at: 'EJECTION_BALANCE', says: 'is empty' },
  {
    ...config,
    change: [/DEPOSIT_CHAIN_ID: .*/, 'DEPOSIT_CHAIN_ID: 5'],
    at: 'DEPOSIT_CHAIN_ID',
    says: 'differs',
  },
  { ...config, change: ['$EJECTION_BALANCE', 'a: b'], at: 'a: b', says: 'it is no YAML' },
  { ...config, change: [/^/, 'A: 1\nA: 2\n'], at: 'A: 2', says: 'it is no YAML' },
  { ...config, change: [/^[\s\S]*$/, '- 1\n'], at: '- 1', says: 'it is no list of settings' },
  { ...execution, change: ['premine_addrs', 'premine_adrs'], at: 'el_premine_adrs', says: 'is no setting' },
  { ...execution, change: [/\$\{CHAIN_ID\}/, '5'], at: 'chain_id', says: 'chain_id is 5, but 7000040' },
  { ...execution, change: [/$/, '\ngenesis_gaslimit: 1\n'], at: 'gaslimit', says: 'but 36000000' },
  {
    ...execution,
    change: [/$/, `\ndeposit_contract_address: "0x${'42'.repeat(20)}"\n`],
    ...{ at: 'deposit_contract', says: 'by cl-config.yaml' },
  },
  {
    ...execution,
    change: [/$/, '\nmax_blobs_per_block_cancun: 7\n'],
    at: 'cancun',
    says: 'but 6 by EIP-4844',
  },
  {
    ...{ in: 'enodes', code: 'EPH-GENESIS-BOOTNODE', change: [/$/, '\nenode://zz\n'], at: '//zz' },
    ...{ says: 'enode://zz is no bootnode', todo: 'enode://<128 hex digits>@<host>:<port>' },
  },
  {
    ...{ in: 'bootnodes', code: 'EPH-GENESIS-BOOTNODE', change: [/$/, '\nenr:zz\n'], at: 'enr:zz' },
    ...{ says: 'enr:zz is no bootnode', todo: 'enr:<node record>' },
  },
  { ...premine, change: ['12 ETH', 'twelve'], at: 'twelve', says: 'the balance "twelve" is neither' },
  { ...premine, change: ['"5"', '"1.5ETH"'], at: '1.5ETH', says: 'the balance "1.5ETH" is neither' },
  { ...premine, change: ['"5"', `"0x1${'0'.repeat(64)}"`], at: '0x100000', says: 'the balance' },
  { ...premine, change: ['"5"', '[1]'], at: '[1]', says: 'it is neither a balance nor an account' },
  { ...premine, change: ['"balance": "1ETH"', '"balance": "1EUR"'], at: '1EUR', says: 'the balance "1EUR"' },
  { ...premine, change: ['"nonce": "7"', '"nonce": "x7"'], at: 'x7', says: 'x7 is no nonce' },
  { ...premine, change: ['0x6001600155', '0x600160015'], at: '"0x600160015"', says: 'code is not hex' },
  { ...premine, change: ['"0x0"', '"zero"'], at: '"zero"', says: 'no 32-byte hex' },
  {
    ...premine,
    change: [/"storage": \{[^}]*\}/, '"storage": "none"'],
    at: '"none"',
    says: 'no list of slots',
  },
  { ...premine, change: ['0x57c3', '0xz7c3'], at: '0xz7c3', says: 'is no address' },
  { ...premine, change: ['el_premine: {}', 'el_premine: {"m": 1ETH}'], at: '{"m"', says: 'from a mnemonic' },
  {
    ...premine,
    change: [/contracts: .*/, 'contracts: x'],
    ...{ at: 'contracts: x', says: 'is no list of accounts by address' },
  },
  { ...premine, change: ['"12 ETH",', '"12 ETH'], at: '"12 ETH', says: 'it is no YAML' },
  { ...premine, change: [/^[\s\S]*$/, '# nothing\n'], at: '# nothing', says: 'it is no list of settings' },
  {
    ...validators,
    ...oneMore('0x12'),
    code: 'EPH-VALIDATORS-FORMAT',
    says: '1 parts',
    todo: 'one validator a line',
  },
  {
    ...{ ...validators, ...oneMore(`${other}:${credentials}`), code: 'EPH-VALIDATORS-PUBKEY' },
    ...{ says: 'has 95 hex digits', todo: '96 hex digits' },
  },
  {
    ...{ ...validators, ...oneMore(`${pubkey}:0x05`), code: 'EPH-VALIDATORS-CREDENTIALS' },
    ...{ says: 'has 2 hex digits', todo: '64 hex digits' },
  },
  {
    ...{ ...validators, ...oneMore(`${pubkey}:${credentials}:1.5`), code: 'EPH-VALIDATORS-BALANCE' },
    ...{ says: '1.5 is not a balance', todo: 'Give the balance in gwei' },
  },
  {
    ...{ ...validators, ...oneMore(`${pubkey}:${credentials}`), code: 'EPH-VALIDATORS-DUPLICATE' },
    ...{ says: `stands already in ${firstFile.name}, line 2`, todo: 'Remove one of the two lines' },
  },
];

/** Codes of what is no line of a file of inputs: a file or a setting that is absent, an option, the folder written to. */
const withoutLine = [
  'EPH-GENESIS-INPUT-MISSING',
  'EPH-GENESIS-INPUT-UNREADABLE',
  'EPH-GENESIS-FORK-UNSUPPORTED',
  'EPH-GENESIS-FORK-NOT-SCHEDULED',
  'EPH-GENESIS-ITERATION',
  'EPH-GENESIS-NO-VALIDATORS',
  'EPH-GENESIS-OUTPUT-EXISTS',
  'EPH-VALIDATORS-TOO-MANY',
];

function changed(wrong: Wrong): InputFile {
  const file = files[wrong.in];
  const text = file.text.replace(wrong.change[0], () => wrong.change[1]);
  if (text === file.text) throw new Error(`nothing was changed in ${file.name}`);
  return { name: file.name, text };
}

async function refusalOf(wrongInputs: GenesisInputs): Promise<EphemeryError> {
  const thrown: unknown = await buildRelease({ inputs: wrongInputs, iteration: 40, archives: false }).then(
    () => undefined,
    (cause) => cause,
  );
  if (!isEphemeryError(thrown)) throw new Error(`it was not refused: ${String(thrown)}`);
  return thrown;
}

describe('wrong inputs of a genesis', () => {
  it.each(wrongs)('are refused with file, line and remedy: $code, $says at $at', async (wrong) => {
    const file = changed(wrong);
    const line = file.text.split('\n').findIndex((each) => each.includes(wrong.at)) + 1;
    expect(line).toBeGreaterThan(0);
    const given = wrong.in === 'validators' ? [file, ...inputs.validators.slice(1)] : file;
    const thrown = await refusalOf({ ...inputs, [wrong.in]: given });
    expect(thrown.code).toBe(wrong.code);
    expect(thrown.message).toContain(`${file.name}, line ${line}: `);
    expect(thrown.facts).toMatchObject({ file: file.name, line });
    expect(thrown.message).toContain(wrong.says);
    expect(thrown.remedy).toContain(wrong.todo);
  });

  it('have a row each, but for what is no line of a file', () => {
    const all = [...Object.keys(genesisErrors.specs), ...Object.keys(validatorsFileErrors.specs)];
    const syntax = Object.keys(networkErrors.specs).filter((code) => code.includes('VARIABLES'));
    const met = new Set([...wrongs.map(({ code }) => code), ...withoutLine]);
    expect([...met].toSorted()).toEqual([...all, ...syntax].toSorted());
  });

  it('name the line that is no UTF-8', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ephemery-inputs-'));
    try {
      await writeFile(
        join(folder, 'values.env'),
        Buffer.from([65, 61, 0xc3, 0xa4, 10, 66, 61, 0xe4, 10, 67]),
      );
      await expect(readInputs(folder)).rejects.toMatchObject({
        code: 'EPH-GENESIS-INPUT-UNREADABLE',
        message: `${join(folder, 'values.env')} cannot be used: line 2 is no UTF-8.`,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
