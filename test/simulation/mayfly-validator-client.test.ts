import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/mayfly/types.ts';
import { serveStepped } from '../support/served-network.ts';
import { steppedDuties } from '../support/validator-duties.ts';

const validators = 64;
const outside = 16;
const own = validators - outside;

async function start(fork: 'electra' | 'fulu' = 'electra') {
  const served = await serveStepped({ validators, outside, genesis: { fork } });
  const { url, setup } = served;
  const duties = await steppedDuties({ url, network: setup.network, keys: setup.keys.slice(own) });
  return { ...served, duties };
}

const isLive = async (api: Awaited<ReturnType<typeof start>>['outside']['api'], epoch: number) => {
  const indices = Array.from({ length: validators }, (_, i) => i);
  const live = (await api.validator.getLiveness({ epoch, indices })).value();
  return live.filter((entry) => entry.isLive).map((entry) => entry.index);
};

describe("Mayfly's validator client", () => {
  it('does all duties, and what it leaves out is missed while the others finalise', async () => {
    const { stepped, duties, outside: watcher, setup } = await start();
    const { chain } = stepped.node;
    await stepped.stepTo(63, duties);
    expect(chain.head.slot).toBe(63);
    const theirs = [];
    for (let slot = 1; slot <= 63; slot++) {
      const block = await chain.block(chain.tree.canonicalAt(slot)?.root ?? '');
      if (block !== undefined && block.message.proposerIndex >= own) theirs.push(block.message);
    }
    expect(theirs.length).toBeGreaterThan(5);
    expect(Buffer.from(theirs[0]?.body.graffiti ?? []).toString()).toMatch(/^from outside\0+$/);
    expect(await isLive(watcher.api, 1)).toEqual(setup.keys.map((_, i) => i));
    const { body } = (await watcher.api.beacon.getBlockV2({ blockId: 'head' })).value().message as Block;
    expect(body.syncAggregate.syncCommitteeBits.getTrueBitIndexes()).toHaveLength(512);
    await stepped.stepTo(5 * 32 - 1);
    expect(await isLive(watcher.api, 3)).toEqual(setup.keys.slice(0, own).map((_, i) => i));
    expect(chain.finalized.epoch).toBeGreaterThanOrEqual(2);
  });

  it('does so on Fulu as well', async () => {
    const { stepped, duties, outside: watcher } = await start('fulu');
    await stepped.stepTo(34, duties);
    expect(stepped.node.chain.head.slot).toBe(34);
    expect(await isLive(watcher.api, 0)).toHaveLength(validators - 2);
  });

  it('does not sign twice what may be signed once', async () => {
    const { stepped, duties } = await start();
    await stepped.stepTo(3, duties);
    const { signer, roots, roster } = duties.parts;
    const [[index, key] = [0, undefined]] = [...roster.entries()];
    if (key === undefined) throw new Error('no validator is active');
    expect(index).toBeGreaterThanOrEqual(own);
    const block = (fill: number) => roots.block(9, new Uint8Array(32).fill(fill));
    const first = await signer.signBlock(key, 9, block(1));
    expect(await signer.signBlock(key, 9, block(1))).toEqual(first);
    await expect(signer.signBlock(key, 9, block(2))).rejects.toMatchObject({
      code: 'EPH-MAYFLY-VALIDATOR-REFUSED',
    });
    signer.halt();
    await expect(signer.signBlock(key, 10, block(3))).rejects.toThrow('halted');
  });
});
