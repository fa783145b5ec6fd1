import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interchange } from './interchange.ts';
import { type InterchangeLimits, InterchangeReader } from './interchange-reader.ts';
import { interchangeText } from './interchange-text.ts';
import { InterchangeUnion, parseInterchange } from './interchange-union.ts';
import { publicKeyOf } from './public-key.ts';

const root = `0x${'ab'.repeat(32)}`;
const key = `0xb8${'01'.repeat(47)}`;
const metadata = `{"interchange_format_version":"5","genesis_validators_root":"${root}"}`;
const whole = (data: string) => `{"metadata":${metadata},"data":${data}}`;
const validator = (blocks: string, attestations = '[]') =>
  `{"pubkey":"${key}","signed_blocks":${blocks},"signed_attestations":${attestations}}`;
const parse = (text: string, limits?: InterchangeLimits) =>
  parseInterchange(text, { file: 'p.json', ...(limits === undefined ? {} : { limits }) });
const invalid = expect.objectContaining({ code: 'EPH-INTERCHANGE-INVALID' });
const tooLarge = expect.objectContaining({ code: 'EPH-INTERCHANGE-TOO-LARGE' });

function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return 'nothing';
  } catch (thrown) {
    return thrown;
  }
}

/** Interchanges as clients write them, keys from few numbers so that they meet. */
const interchanges: fc.Arbitrary<Interchange> = fc
  .array(
    fc.record({
      pubkey: fc.nat(4).map((n) => publicKeyOf(new Uint8Array(48).fill(n, 1).fill(0x80, 0, 1))),
      blocks: fc.array(fc.record({ slot: fc.nat(50), signingRoot: roots() }, { requiredKeys: ['slot'] })),
      attestations: fc.array(
        fc.record(
          { sourceEpoch: fc.nat(20), targetEpoch: fc.nat(20), signingRoot: roots() },
          { requiredKeys: ['sourceEpoch', 'targetEpoch'] },
        ),
      ),
    }),
    { maxLength: 6 },
  )
  .map((histories) => {
    const union = new InterchangeUnion();
    for (const history of histories) union.add(history);
    return union.result(root);
  });

function roots() {
  return fc.nat(3).map((n) => `0x${String(n).padStart(64, '0')}`);
}

describe('a slashing protection file', () => {
  it('is read as it was written, wherever its bytes are cut', () => {
    fc.assert(
      fc.property(interchanges, fc.integer({ min: 1, max: 40 }), (interchange, size) => {
        const bytes = Buffer.from([...interchangeText(interchange)].join(''));
        const union = new InterchangeUnion();
        const reader = new InterchangeReader({
          file: 'p.json',
          genesisValidatorsRoot: root.toUpperCase().replace('0X', '0x'),
          history: (history) => union.add(history),
        });
        for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
        expect(union.result(reader.end().genesisValidatorsRoot)).toEqual(interchange);
      }),
    );
  });

  it('may have its members in any order, and more than we know', () => {
    const text = `{ "data" : [ {"signed_attestations":[ {"signing_root":null,"note":{"a":[1,{"b":"\\u00e9"}]},
      "target_epoch":"3","source_epoch":2} ], "signed_blocks":[], "pubkey":"${key}"} ],
      "extra": [[], -1.5e3, "ü", true], "metadata": ${metadata} }`;
    expect([...parse(text).histories.values()]).toEqual([
      { pubkey: key, blocks: [], attestations: [{ sourceEpoch: 2, targetEpoch: 3 }] },
    ]);
  });

  it('of another network is refused, also when that shows only at its end', () => {
    const wanted = `0x${'00'.repeat(32)}`;
    const ask = { file: 'p.json', genesisValidatorsRoot: wanted };
    const late = `{"data":[${validator('[]')}],"metadata":${metadata}}`;
    for (const text of [whole('[]'), late]) {
      expect(thrownBy(() => parseInterchange(text, ask))).toMatchObject({
        code: 'EPH-INTERCHANGE-OTHER-NETWORK',
        facts: { root, wanted },
      });
    }
  });

  it.each([
    ['nothing', ''],
    ['half a file', whole('[]').slice(0, -1)],
    ['two files', whole('[]').repeat(2)],
    ['a list', '[]'],
    ['a word', '"data"'],
    ['no metadata', '{"data":[]}'],
    ['no data', `{"metadata":${metadata}}`],
    ['another version', whole('[]').replace('"5"', '"4"')],
    ['two metadata', `{"metadata":${metadata},"metadata":${metadata},"data":[]}`],
    ['two data', `{"metadata":${metadata},"data":[],"data":[]}`],
    ['two slots', whole(`[${validator('[{"slot":"1","slot":"2"}]')}]`)],
    ['data that is no list', whole('{}')],
    ['data of words', whole('["a"]')],
    ['a validator without a key', whole('[{"signed_blocks":[],"signed_attestations":[]}]')],
    ['a validator without blocks', whole(`[{"pubkey":"${key}","signed_attestations":[]}]`)],
    ['a key that is too short', whole(`[${validator('[]').replace(key, key.slice(0, -2))}]`)],
    ['blocks that are a word', whole(`[${validator('"none"')}]`)],
    ['blocks that are null', whole(`[${validator('null')}]`)],
    ['a block in a list', whole(`[${validator('[[]]')}]`)],
    ['a block without a slot', whole(`[${validator('[{}]')}]`)],
    ['a slot that is null', whole(`[${validator('[{"slot":null}]')}]`)],
    ['a slot below zero', whole(`[${validator('[{"slot":"-1"}]')}]`)],
    ['a slot beyond what can be counted', whole(`[${validator('[{"slot":"18446744073709551615"}]')}]`)],
    ['a slot in hex', whole(`[${validator('[{"slot":"0x10"}]')}]`)],
    ['a root that is too short', whole(`[${validator('[{"slot":"1","signing_root":"0x00"}]')}]`)],
    ['a comma too many', whole('[,]')],
    ['brackets that do not match', whole('[}')],
    ['a control character', whole('["\n"]')],
    ['an escape that is none', whole('[]').replace('metadata', 'met\\qadata')],
    ['a member that every object inherits', '{"__proto__":[]}'],
    [
      'a validator member that every object inherits',
      whole(`[${validator('[]').replace('{', '{"constructor":{},')}]`).slice(0, -1),
    ],
    ['a number with a zero before it', whole(`[${validator('[{"slot":01}]')}]`)],
  ])('is refused with %s', (_what, text) => {
    expect(thrownBy(() => parse(text))).toEqual(invalid);
  });

  it('is refused beyond the limits, before it is held in memory', () => {
    const limits = { bytes: 1_000, validators: 2, entries: 3 };
    const block = '{"slot":"1"}';
    const ok = whole(`[${validator(`[${block},${block},${block}]`)}]`);
    expect(thrownBy(() => parse(ok, limits))).toBe('nothing');
    expect(thrownBy(() => parse(ok, { ...limits, entries: 2 }))).toEqual(tooLarge);
    expect(thrownBy(() => parse(ok, { ...limits, validators: 0 }))).toEqual(tooLarge);
    expect(thrownBy(() => parse(ok, { ...limits, bytes: 100 }))).toEqual(tooLarge);
    expect(thrownBy(() => parse('['.repeat(1_000_000)))).toEqual(invalid);
    expect(thrownBy(() => parse(`{"x":${'['.repeat(1_000_000)}`))).toEqual(invalid);
    expect(thrownBy(() => parse(`{"${'x'.repeat(10_000)}`))).toEqual(invalid);
    expect(thrownBy(() => parse(`{"a":${'1'.repeat(10_000)}`))).toEqual(invalid);
  });

  it('that is any text at all is read or refused, as JSON.parse would', () => {
    const texts = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((json) => `{"x":${json}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(thrownBy(() => parse(text))).toEqual(invalid);
        const around = `{"metadata":${metadata},"data":[],"x":${text}}`;
        const isJson = thrownBy(() => JSON.parse(around)) === 'nothing';
        const repeated = /"(?:metadata|data)":/.test(text);
        if (!repeated) expect(thrownBy(() => parse(around)) === 'nothing').toBe(isJson);
      }),
    );
  });
});
