import { join } from 'node:path';
import { Secret } from '../../src/base/secret.ts';
import type { Keymanager } from '../../src/mayfly-validator/keymanager/keymanager.ts';
import { startKeymanagerServer } from '../../src/mayfly-validator/keymanager/keymanager-server.ts';
import { KeyChest } from '../../src/mayfly-validator/keys/key-chest.ts';
import { keySetSource } from '../../src/mayfly-validator/keys/key-source.ts';
import { Protection } from '../../src/mayfly-validator/protection/protection.ts';
import { SettingsBook } from '../../src/mayfly-validator/settings.ts';

export interface MayflyKeymanager {
  readonly url: string;
  readonly protection: Protection;
  close(): Promise<void>;
}

/** Mayfly's own Keymanager API over the keys of `<folder>/set`, with nobody behind it who signs. */
export async function openMayflyKeymanager(
  folder: string,
  {
    token,
    network,
    common: more = {},
    signExit = async (_: unknown, epoch: number | undefined) => ({
      message: { epoch: `${epoch ?? 7}`, validator_index: '3' },
      signature: `0x${'ab'.repeat(96)}`,
    }),
  }: {
    readonly token: string;
    readonly network: string;
    readonly common?: { readonly graffiti?: string };
    readonly signExit?: Keymanager['signExit'];
  },
): Promise<MayflyKeymanager> {
  const protection = await Protection.open(folder, network);
  const common = { feeRecipient: `0x${'11'.repeat(20)}`, graffiti: 'of all', ...more };
  const keymanager = {
    keys: await KeyChest.open(folder, [keySetSource(join(folder, 'set'))]),
    protection,
    settings: await SettingsBook.open(join(folder, 'settings.json'), () => common),
    keysChanged: () => undefined,
    recipientsChanged: () => undefined,
    signExit,
  };
  const server = await startKeymanagerServer({
    keymanager,
    token: new Secret(token),
    address: '127.0.0.1',
    port: 0,
  });
  return {
    url: server.url,
    protection,
    close: async () => {
      await server.close();
      await protection.close();
    },
  };
}
