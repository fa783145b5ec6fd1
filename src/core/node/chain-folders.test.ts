import { describe, expect, it } from 'vitest';
import { desiredNodeOn } from '../../../test/support/desired-node.ts';
import { identityName, type NetworkIdentity } from '../network/identity.ts';
import { chooseFolder, collectibleFolders, folderOf } from './chain-folders.ts';
import { emptyJournal, type JournalState } from './journal-state.ts';
import type { ChainFolder } from './observed.ts';

const identityOf = (iteration: number): NetworkIdentity => ({
  iteration,
  chainId: iteration,
  genesisValidatorsRoot: '0x01',
  executionGenesisHash: '0x02',
  genesisTimeSeconds: 3,
});
const nameOf = (iteration: number) => identityName(identityOf(iteration));
const folder = (iteration: number, end = '', clients: readonly string[] = []): ChainFolder => ({
  name: `${nameOf(iteration)}${end}`,
  identity: identityOf(iteration),
  clients,
});
const want = { layer: 'execution', client: 'geth', identity: identityOf(5) } as const;
const condemn = (name: string): JournalState => ({
  ...emptyJournal,
  condemned: [{ layer: 'execution', folder: name, reason: 'forced' }],
});
const geth = ['execution.geth'];

describe('the folder of a layer', () => {
  it('is new for a new network', () => {
    const choice = chooseFolder(want, { chains: [folder(4, '', geth)], journal: emptyJournal });
    expect(choice).toEqual({ folder: nameOf(5), ready: false });
  });

  it('is the one with its data, else the one that its fellow began', () => {
    const chains = [folder(5, '', geth), folder(5, '-2')];
    expect(chooseFolder(want, { chains, journal: emptyJournal })).toEqual({ folder: nameOf(5), ready: true });
    const consensus = { ...want, layer: 'consensus', client: 'teku' } as const;
    expect(chooseFolder(consensus, { chains, journal: emptyJournal })).toEqual({
      folder: `${nameOf(5)}-2`,
      ready: false,
    });
  });

  it('is another one once it was given up, for that layer alone, and no name comes twice', () => {
    const chains = [folder(5, '', [...geth, 'consensus.teku'])];
    const journal = condemn(nameOf(5));
    expect(chooseFolder(want, { chains, journal })).toEqual({ folder: `${nameOf(5)}-2`, ready: false });
    const consensus = { ...want, layer: 'consensus', client: 'teku' } as const;
    expect(chooseFolder(consensus, { chains, journal }).folder).toBe(nameOf(5));
    const later = [...chains, folder(5, '-9', geth)];
    const both = { ...journal, condemned: [...journal.condemned, ...condemn(`${nameOf(5)}-9`).condemned] };
    expect(chooseFolder(want, { chains: later, journal: both }).folder).toBe(`${nameOf(5)}-10`);
  });
});

describe('retention', () => {
  const chains = [folder(2), folder(3), folder(3, '-2'), folder(4), folder(5), folder(5, '-2')];
  const handle = { runtime: 'r', unit: 'u', token: 't' };
  const run = (name: string) => ({ client: 'geth', fingerprint: 'f', folder: name, identity: 'i', handle });

  it('keeps the latest old networks whole and all of the one that runs', () => {
    const keep = (keepOldChains: number) =>
      collectibleFolders(keepOldChains, { chains, journal: condemn(nameOf(5)) }, identityOf(5));
    expect(keep(1)).toEqual([nameOf(3), `${nameOf(3)}-2`, nameOf(2)]);
    expect(keep(2)).toEqual([nameOf(2)]);
    expect(keep(0)).not.toContain(nameOf(5));
  });

  it('keeps what a unit was started on, or was about to be', () => {
    const journal: JournalState = {
      ...emptyJournal,
      runs: { execution: run(nameOf(2)) },
      starting: { consensus: run(nameOf(3)) },
    };
    expect(collectibleFolders(0, { chains, journal }, identityOf(5))).toEqual([nameOf(4), `${nameOf(3)}-2`]);
  });
});

describe('the folder of a client inside another’s program', () => {
  const desired = desiredNodeOn({ name: 'n' } as Parameters<typeof desiredNodeOn>[0]);
  const inside = { ...desired, consensus: { ...desired.consensus, host: 'execution' as const } };
  const both = ['execution.alpha', 'consensus.beta'];
  const where = (chains: readonly ChainFolder[], journal = emptyJournal) =>
    (['execution', 'consensus'] as const).map((layer) =>
      folderOf(layer, { desired: inside, identity: identityOf(5) }, { chains, journal }),
    );

  it('is that of the other, whatever it has elsewhere', () => {
    const chains = [folder(5, '', ['execution.alpha']), folder(5, '-2', ['consensus.beta'])];
    expect(where(chains)).toEqual([
      { folder: nameOf(5), ready: true },
      { folder: nameOf(5), ready: false },
    ]);
  });

  it('is not used for either once it was given up for one of them', () => {
    for (const layer of ['execution', 'consensus'] as const) {
      const journal = {
        ...emptyJournal,
        condemned: [{ layer, folder: nameOf(5), reason: 'resync' as const }],
      };
      const fresh = { folder: `${nameOf(5)}-2`, ready: false };
      expect(where([folder(5, '', both)], journal)).toEqual([fresh, fresh]);
      expect(where([folder(5, '', both), folder(5, '-2', both)], journal)).toEqual([
        { ...fresh, ready: true },
        { ...fresh, ready: true },
      ]);
    }
  });

  it('holds none of its data where those of the other are to be made', () => {
    expect(where([folder(5, '', ['consensus.beta'])]).map(({ ready }) => ready)).toEqual([false, false]);
  });
});
