import { describe, expect, it } from 'vitest';
import { caplinEmbedded } from './consensus/caplin-embedded.ts';
import { grandine } from './consensus/grandine.ts';
import { lighthouse } from './consensus/lighthouse.ts';
import { mayfly } from './consensus/mayfly.ts';
import { erigon } from './execution/erigon.ts';
import { geth } from './execution/geth.ts';
import { pairProblems } from './pair-problems.ts';
import { grandineValidator } from './validator/grandine.ts';
import { lighthouseValidator } from './validator/lighthouse.ts';
import { tekuValidator } from './validator/teku.ts';
import { vero } from './validator/vero.ts';

const followers = ['mayfly'];
const nothing = { hasSigner: false, hasOwnSigner: false, hasFeeRecipient: false };

describe('clients of one node', () => {
  it('work together when nothing speaks against it', () => {
    const validator = { definition: lighthouseValidator, ...nothing };
    expect(pairProblems({ consensus: lighthouse, validator, followers })).toEqual([]);
    expect(pairProblems({ consensus: mayfly, localNetwork: 'devnet', followers })).toEqual([]);
  });

  it('need the program that one of them runs inside', () => {
    expect(pairProblems({ execution: erigon, consensus: caplinEmbedded, followers })).toEqual([]);
    const [problem, ...others] = pairProblems({ execution: geth, consensus: caplinEmbedded, followers });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ layer: 'consensus', key: 'client' });
    expect(problem?.problem).toBe('Caplin in Erigon runs inside erigon, and the execution client is Geth');
  });

  it('need the program that their validators run inside, and the signer that ends with these', () => {
    const validator = { definition: grandineValidator, ...nothing, hasSigner: true };
    const own = { ...validator, hasOwnSigner: true };
    expect(pairProblems({ consensus: grandine, validator: own, followers })).toEqual([]);
    const foreign = pairProblems({ consensus: grandine, validator, followers });
    expect(foreign.map(({ key, problem }) => [key, problem])).toEqual([
      ['client', "Grandine signs only with a signer of the node's own"],
    ]);
    const [problem, ...others] = pairProblems({ consensus: lighthouse, validator: own, followers });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ layer: 'validator', key: 'client' });
    expect(problem?.problem).toBe('Grandine runs inside grandine, and the consensus client is Lighthouse');
  });

  it('need somebody to follow', () => {
    const [problem, ...others] = pairProblems({ consensus: lighthouse, localNetwork: 'devnet', followers });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ layer: 'consensus', key: 'client' });
    expect(problem?.problem).toBe('Lighthouse finds no peers on the local network devnet');
    expect(problem?.remedy).toContain('Use one that follows it: mayfly.');
  });

  it('need the signer and the fee recipient without which a validator client does not start', () => {
    const keysOf = (definition: typeof vero, has: Partial<typeof nothing>) =>
      pairProblems({ consensus: lighthouse, validator: { definition, ...nothing, ...has }, followers }).map(
        ({ key }) => key,
      );
    expect(keysOf(vero, {})).toEqual(['signerUrl', 'feeRecipient']);
    expect(keysOf(vero, { hasSigner: true })).toEqual(['feeRecipient']);
    expect(keysOf(tekuValidator, {})).toEqual(['feeRecipient']);
    expect(keysOf(tekuValidator, { hasFeeRecipient: true })).toEqual([]);
  });
});
