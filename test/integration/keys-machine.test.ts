import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DevnetSettings } from '../../src/operations/devnet/devnet-settings.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type SeenEvent } from '../support/ephemery-home.ts';
import {
  configOfGenesisKeys,
  epochNow,
  genesisKeysSign,
  newGenesisKeysNetwork,
  prepareGenesisKeys,
  signedUntilNow,
  signersOf,
} from '../support/genesis-keys.ts';
import { until } from '../support/mayfly-process.ts';
import { noOtherMachine, onOtherMachine } from '../support/other-machine.ts';

describeIf(await noOtherMachine())('keys that sign on a local network, once their machine is another', () => {
  let home: EphemeryHome;
  let settings: DevnetSettings;
  beforeAll(async () => {
    home = await EphemeryHome.create();
    settings = await newGenesisKeysNetwork();
    await writeFile(join(home.folder, 'ephemery.yaml'), configOfGenesisKeys);
    await prepareGenesisKeys(home, settings);
    await signedUntilNow(home, settings);
  });
  afterAll(() => home?.close());

  /** Neither a program that could sign nor a signature on the chain, until the given moment. */
  async function silentUntil(over: () => Promise<boolean>, forMs: number): Promise<void> {
    await until(async () => {
      if (await over()) return true;
      expect(await genesisKeysSign(settings)).toBe(false);
      return false;
    }, forMs);
  }

  it('have no signer until they are claimed, and then once two full epochs were quiet', async () => {
    home.start(['up']);
    await until(() => genesisKeysSign(settings), 120_000);
    expect(await home.run('down')).toMatchObject({ code: 0 });
    // What was signed before the end is seen in its own epoch.
    const downIn = epochNow(settings);
    await until(async () => epochNow(settings) > downIn, 60_000);

    const through = await onOtherMachine(home.folder);
    const away = home.start(['up'], { through });
    const raised = async (code: string) => {
      const findingOf = (event: SeenEvent) => event.finding as { code: string; remedy: string } | undefined;
      const isIt = (event: SeenEvent) => event.type === 'finding.raised' && findingOf(event)?.code === code;
      return findingOf(await away.event(code, isIt));
    };
    expect((await raised('EPH-VALIDATORS-KEYS-NOT-OURS'))?.remedy).toContain('ephemery keys claim main');
    const refusedIn = epochNow(settings);
    await silentUntil(async () => {
      expect(await signersOf(home)).toEqual([]);
      return epochNow(settings) > refusedIn + 2;
    }, 180_000);

    const claim = home.start(['keys', 'claim', 'main', '--yes', '--no-backup'], { through });
    expect(await claim.ended).toMatchObject({ code: 0 });
    const claimedIn = epochNow(settings);
    await raised('EPH-VALIDATORS-WATCHING');
    await silentUntil(async () => (await signersOf(home)).length > 0, 180_000);
    expect(epochNow(settings)).toBeGreaterThanOrEqual(claimedIn + 3);
    await until(() => genesisKeysSign(settings), 120_000);
    expect(await signersOf(home)).toHaveLength(1);
  });
});
