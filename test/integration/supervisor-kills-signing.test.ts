import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { journalOf, liveAndDie, type Moment } from '../support/deadly-lives.ts';
import { SigningHome } from '../support/signing-home.ts';

/** What a first start alone has; what it shares with a reset is killed in a test of that. */
const effects = [
  'reset.started',
  'unit.starting execution',
  'unit.started execution',
  'unit.starting consensus',
  'unit.started consensus',
  'reset.completed',
  'keys.recorded',
  'unit.starting validator',
  'unit.started validator',
  'reset.live',
];

/** What a validator client is moved to a fresh store of its slashing protection with. */
const renewal = [
  'step.started stop validator: its settings changed',
  'unit.stopped validator',
  'step.started open slashing protection mayfly-N for R, with all that was signed before',
  'step.done open slashing protection mayfly-N for R, with all that was signed before',
  'unit.starting validator',
  'unit.started validator',
  'keys.loaded',
];

describe('our process, killed at each record of the life of a validator client, and started again', () => {
  let signing: SigningHome;
  beforeAll(async () => {
    signing = await SigningHome.create(600);
  });
  afterAll(() => signing?.home.close());

  it('completes the first start', async () => {
    const { home, up, look } = signing;
    const isEnd = signing.isSettled.bind(signing);
    const { died } = await liveAndDie(home, { args: up, moments: ['lost'], look, isEnd });
    expect(died).toEqual(expect.arrayContaining(effects.map((kind) => `lost ${kind}`)));
    await signing.expectWhole();
  });

  it('carries all that is remembered into a fresh store, and again', async () => {
    const [one, two, ...others] = signing.keys as [PublicKey, PublicKey];
    await give([one, two], 5);
    await carried('mayfly-3', 'torn');
    await give([two, ...others], 7);
    const store = await carried('mayfly-5', 'written');
    const marks = await signing.marksIn(store);
    expect(marks.get(one)).toMatchObject({ attestation: 5 });
    for (const key of [two, ...others]) expect(marks.get(key)).toMatchObject({ attestation: 7 });
    await signing.expectDown();
  });

  /** While none of us runs, and the validator client does: that these keys attested elsewhere, up to an epoch. */
  async function give(keys: readonly PublicKey[], epoch: number): Promise<void> {
    const { reset } = await journalOf(signing.home);
    const attestation = { source_epoch: `${epoch - 1}`, target_epoch: `${epoch}` };
    const file = join(signing.home.folder, 'elsewhere.json');
    const interchange = {
      metadata: {
        interchange_format_version: '5',
        genesis_validators_root: reset?.identity.genesisValidatorsRoot,
      },
      data: keys.map((pubkey) => ({ pubkey, signed_blocks: [], signed_attestations: [attestation] })),
    };
    await writeFile(file, JSON.stringify(interchange));
    const [, ...config] = signing.up;
    await signing.home.ask('keys', 'protect', 'import', 'home', file, ...config);
  }

  /** Dies at each record on the way to this store; says which folder it is in. */
  async function carried(store: string, moment: Moment): Promise<string> {
    const { home, up, look } = signing;
    const { died } = await liveAndDie(home, {
      args: up,
      moments: [moment],
      look,
      isEnd: async (state) =>
        state.runs.validator?.folder.endsWith(`/${store}`) === true && (await signing.isSettled(state)),
    });
    const due = renewal.map((kind) => `${moment} ${kind.replace('mayfly-N', store)}`);
    expect(died).toEqual(expect.arrayContaining(due));
    return (await journalOf(home)).runs.validator?.folder ?? '';
  }
});
