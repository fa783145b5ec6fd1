import { readFileSync } from 'node:fs';
import type { SignedAttestation, SignedBlock } from '../../src/core/keys/interchange.ts';

export type SignedMessage =
  | ({ readonly kind: 'block' } & SignedBlock)
  | ({ readonly kind: 'attestation' } & SignedAttestation);

export interface InterchangeCaseStep {
  readonly genesisValidatorsRoot: string;
  readonly accepted: boolean;
  readonly slashable: boolean;
  readonly data: { readonly pubkey: string; readonly signed: SignedMessage[] }[];
  readonly attempts: {
    readonly pubkey: string;
    readonly message: SignedMessage;
    readonly minimal: boolean;
    readonly complete: boolean;
  }[];
}

export interface InterchangeCase {
  readonly name: string;
  readonly genesisValidatorsRoot: string;
  readonly steps: InterchangeCaseStep[];
}

const file = new URL('../fixtures/keys/interchange-cases.txt', import.meta.url);

/** The public test cases of EIP-3076, from the fixture's own notation. */
export function interchangeCases(): readonly InterchangeCase[] {
  const cases: InterchangeCase[] = [];
  const defined = new Map<string, string>();
  const definitionOf = (alias = '') => defined.get(alias) ?? fail(`nothing is called ${alias}`);
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const words = line.trim().split(' ');
    const step = cases.at(-1)?.steps.at(-1);
    const [kind, first = '', second = ''] = words;
    if (kind === 'define') defined.set(first, second);
    else if (kind === 'case')
      cases.push({ name: first, genesisValidatorsRoot: definitionOf(words[3]), steps: [] });
    else if (kind === 'import')
      cases.at(-1)?.steps.push({
        genesisValidatorsRoot: definitionOf(words[2]),
        accepted: words[4] === 'yes',
        slashable: words[6] === 'yes',
        data: [],
        attempts: [],
      });
    else if (kind === 'of') step?.data.push({ pubkey: definitionOf(first), signed: [] });
    else if (kind === 'sign')
      step?.attempts.push({
        pubkey: definitionOf(first),
        message: messageIn(words.slice(2, -4), definitionOf),
        minimal: words.at(-3) === 'yes',
        complete: words.at(-1) === 'yes',
      });
    else if (kind === 'block' || kind === 'attestation')
      step?.data.at(-1)?.signed.push(messageIn(words, definitionOf));
    else if (kind !== '' && kind !== '#') fail(line);
  }
  return cases;
}

function messageIn(words: readonly string[], definitionOf: (alias?: string) => string): SignedMessage {
  const [kind, numbers = '', root] = words;
  const [first = Number.NaN, second = Number.NaN] = numbers.split('>').map(Number);
  const signingRoot = root === undefined ? {} : { signingRoot: definitionOf(root) };
  return kind === 'block'
    ? { kind, slot: first, ...signingRoot }
    : { kind: 'attestation', sourceEpoch: first, targetEpoch: second, ...signingRoot };
}

function fail(problem: string): never {
  throw new Error(`interchange-cases.txt: ${problem}`);
}
