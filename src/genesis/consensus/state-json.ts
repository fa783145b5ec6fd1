import type { Type } from '@chainsafe/ssz';
import type { phase0 } from '@lodestar/types';

/** The parts of any fork's state that are written by hand here. */
export interface GenesisStateValue {
  readonly genesisValidatorsRoot: Uint8Array;
  readonly validators: readonly phase0.Validator[];
  readonly balances: readonly number[];
  readonly randaoMixes: readonly Uint8Array[];
}

/** What a container type of the SSZ library knows of its fields. */
export interface StateFieldTypes {
  readonly fields: Readonly<Record<string, Type<unknown>>>;
}

/**
 * A state as the library's `toJson` and JSON.stringify would give it. They make an object for each of some
 * 200,000 values first; the long lists are written straight to text here, in a tenth of the time.
 */
export function stateJson(type: StateFieldTypes, value: GenesisStateValue): string {
  const parts = Object.entries(type.fields).map(([field, fieldType]) => {
    const content: unknown = value[field as keyof GenesisStateValue];
    return `"${snakeCase(field)}":${longListJson(field, value) ?? JSON.stringify(fieldType.toJson(content))}`;
  });
  return `{${parts.join(',')}}`;
}

function longListJson(field: string, value: GenesisStateValue): string | undefined {
  if (field === 'validators') return `[${value.validators.map(validatorJson).join(',')}]`;
  if (field === 'randaoMixes') return rootsJson(value.randaoMixes);
  if (field === 'balances') return `[${value.balances.map((balance) => `"${balance}"`).join(',')}]`;
  return undefined;
}

function validatorJson(validator: phase0.Validator): string {
  return `{"pubkey":"${hex(validator.pubkey)}","withdrawal_credentials":"${hex(validator.withdrawalCredentials)}","effective_balance":"${validator.effectiveBalance}","slashed":${validator.slashed},"activation_eligibility_epoch":"${epoch(validator.activationEligibilityEpoch)}","activation_epoch":"${epoch(validator.activationEpoch)}","exit_epoch":"${epoch(validator.exitEpoch)}","withdrawable_epoch":"${epoch(validator.withdrawableEpoch)}"}`;
}

/** At genesis all mixes are the same bytes, so that their text is made once. */
function rootsJson(roots: readonly Uint8Array[]): string {
  const texts = new Map<Uint8Array, string>();
  const textOf = (root: Uint8Array): string => {
    const text = texts.get(root) ?? `"${hex(root)}"`;
    texts.set(root, text);
    return text;
  };
  return `[${roots.map(textOf).join(',')}]`;
}

/** The library keeps 2^64 - 1 as Infinity. */
function epoch(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '18446744073709551615' : String(value);
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`;
}

/** The library's "eth2" case: eth1DataVotes is eth1_data_votes. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
