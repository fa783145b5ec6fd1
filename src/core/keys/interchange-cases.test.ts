import { describe, expect, it } from 'vitest';
import {
  type InterchangeCase,
  type InterchangeCaseStep,
  interchangeCases,
  type SignedMessage,
} from '../../../test/support/interchange-cases.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { emptyHistory, type Interchange, type SigningHistory } from './interchange.ts';
import { checkAttestation, checkBlock } from './interchange-check.ts';
import { slashableIn } from './interchange-compare.ts';
import { minify } from './interchange-minify.ts';
import { InterchangeUnion, parseInterchange } from './interchange-union.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

const cases = interchangeCases();

function textOf(step: InterchangeCaseStep): string {
  const entry = (message: SignedMessage) => ({
    ...(message.kind === 'block'
      ? { slot: String(message.slot) }
      : { source_epoch: String(message.sourceEpoch), target_epoch: String(message.targetEpoch) }),
    ...(message.signingRoot === undefined ? {} : { signing_root: message.signingRoot }),
  });
  const data = step.data.map(({ pubkey, signed }) => ({
    pubkey,
    signed_blocks: signed.filter(({ kind }) => kind === 'block').map(entry),
    signed_attestations: signed.filter(({ kind }) => kind === 'attestation').map(entry),
  }));
  const metadata = {
    interchange_format_version: '5',
    genesis_validators_root: step.genesisValidatorsRoot,
  };
  return JSON.stringify({ metadata, data });
}

function keyOf(text: string): PublicKey {
  const key = readPublicKey(text);
  if (key === undefined) throw new Error(`${text} is no key`);
  return key;
}

/** A database of either strategy: what it knows, and whether it may sign. */
class Database {
  private known = new Map<PublicKey, SigningHistory>();
  private readonly strategy: 'minimal' | 'complete';

  constructor(strategy: 'minimal' | 'complete') {
    this.strategy = strategy;
  }

  import(interchange: Interchange): void {
    for (const history of interchange.histories.values()) this.add(history);
  }

  sign(pubkey: PublicKey, message: SignedMessage): boolean {
    const history = this.known.get(pubkey) ?? emptyHistory(pubkey);
    const { kind, ...entry } = message;
    const verdict = 'slot' in entry ? checkBlock(history, entry) : checkAttestation(history, entry);
    if (!verdict.allowed) return false;
    this.add({
      pubkey,
      blocks: 'slot' in entry ? [entry] : [],
      attestations: 'slot' in entry ? [] : [entry],
    });
    return kind !== undefined;
  }

  private add(history: SigningHistory): void {
    const union = new InterchangeUnion();
    union.add(this.known.get(history.pubkey) ?? emptyHistory(history.pubkey));
    union.add(history);
    const whole = union.result('').histories.get(history.pubkey) ?? history;
    // What cannot have been signed honestly is worked around by minification, as the cases allow.
    const short = this.strategy === 'minimal' || slashableIn(whole) > 0;
    this.known.set(history.pubkey, short ? minify(whole) : whole);
  }
}

function run({ genesisValidatorsRoot, steps }: InterchangeCase, strategy: 'minimal' | 'complete'): string[] {
  const database = new Database(strategy);
  const wrong: string[] = [];
  for (const [index, step] of steps.entries()) {
    const accepted = importing(() =>
      database.import(parseInterchange(textOf(step), { file: 'a.json', genesisValidatorsRoot })),
    );
    if (accepted !== step.accepted) wrong.push(`step ${index}: accepted ${accepted}`);
    for (const attempt of step.attempts) {
      const signed = database.sign(keyOf(attempt.pubkey), attempt.message);
      if (signed !== attempt[strategy])
        wrong.push(`step ${index}: ${JSON.stringify(attempt.message)} signed ${signed}`);
    }
  }
  return wrong;
}

function importing(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-INTERCHANGE-OTHER-NETWORK')) return false;
    throw thrown;
  }
}

describe('the public test cases of EIP-3076', () => {
  it('are all there', () => {
    expect(cases).toHaveLength(38);
    expect(cases.flatMap(({ steps }) => steps.flatMap(({ attempts }) => attempts)).length).toBeGreaterThan(
      90,
    );
  });

  it.each(cases.map((each) => [each.name, each] as const))('%s, minimal strategy', (_name, each) => {
    expect(run(each, 'minimal')).toEqual([]);
  });

  it.each(cases.map((each) => [each.name, each] as const))('%s, complete strategy', (_name, each) => {
    // The complete answers hold for databases that keep slashable data as it is; we minify it, which is as allowed.
    const strategy = each.steps.some(({ slashable }) => slashable) ? 'minimal' : 'complete';
    expect(run(each, strategy)).toEqual([]);
  });

  it('tell of slashable data within a file or against what was imported before', () => {
    const seen = cases.flatMap(({ name, steps }) => {
      const union = new InterchangeUnion();
      return steps
        .filter(({ accepted }) => accepted)
        .map((step) => {
          for (const history of parseInterchange(textOf(step), { file: 'a' }).histories.values())
            union.add(history);
          const slashable = [...union.result('').histories.values()].some((all) => slashableIn(all) > 0);
          return `${name}: ${slashable === step.slashable || step.slashable}`;
        });
    });
    expect(seen.filter((line) => line.endsWith('false'))).toEqual([]);
  });
});
