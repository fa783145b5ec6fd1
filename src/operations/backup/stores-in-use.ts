import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatheredFile } from '../../backup/gather.ts';
import type { BehindProtection } from '../../core/backup/manifest.ts';
import { gvr8 } from '../../core/network/identity.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { givenStore } from '../../core/node/protection-choice.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { carriedName, storeMarkerName } from '../../storage/files/protection-names.ts';
import type { Services } from '../services.ts';
import { newestStore } from '../validators/protection-here.ts';
import { signersOf } from '../validators/withdraw-keys.ts';

/** A store of slashing protection that a client may be writing into. */
export interface StoreInUse {
  readonly node: string;
  /** `<gvr8>/<client>-<n>` */
  readonly store: string;
  readonly opened: ProtectionStore;
  /** When it was opened, with the history of all earlier ones. */
  readonly openedAtMs: number;
  /** The client's files that can be read in this order while it runs. */
  readonly liveFiles?: readonly string[] | undefined;
}

/** The stores of signers whose end is not on record, and that do not surely stand still. */
export async function storesInUse(
  services: Pick<Services, 'paths' | 'clients' | 'runtimeIds' | 'runtime'>,
): Promise<readonly StoreInUse[]> {
  const { paths, clients } = services;
  const owners = new KeyOwners(paths.keys);
  const found = new Map<string, StoreInUse>();
  for (const keySet of await owners.keySets()) {
    const { node, signed } = (await owners.read(keySet).catch(() => undefined)) ?? {};
    if (node === undefined || signed === undefined || signed.endedAtMs !== undefined) continue;
    const files = new FileNodeStore(paths, node);
    const opened = await newestStore(files, signed.genesisValidatorsRoot);
    if (opened === undefined || (await signersOf(services, node)) === 'none') continue;
    const store = `${gvr8(opened.genesisValidatorsRoot)}/${opened.client}-${opened.number}`;
    const { mtimeMs } = await stat(join(files.protectionPath(opened), storeMarkerName));
    const client = clients.find(({ layer, id }) => layer === 'validator' && id === opened.client);
    const { liveFiles } = client?.protection ?? {};
    found.set(`${node} ${store}`, { node, store, opened, openedAtMs: Math.floor(mtimeMs), liveFiles });
  }
  return [...found.values()];
}

/**
 * Gives files their places in a backup made while these stores are written into. Of a client whose files can be read at any
 * moment they are taken as they are, in its order. A database that is copied meanwhile may be torn: instead of it goes the
 * interchange (EIP-3076) that the store was opened with, as a store that the next client is given to begin with.
 */
export function asSafeFiles(
  files: readonly GatheredFile[],
  inUse: readonly StoreInUse[],
): { readonly files: readonly GatheredFile[]; readonly behind: readonly BehindProtection[] } {
  const first: GatheredFile[] = [];
  let rest = files;
  const behind: BehindProtection[] = [];
  for (const { node, store, opened, openedAtMs, liveFiles } of inUse) {
    const folder = `nodes/${node}/protection/${store}/`;
    const own = rest.filter(({ path }) => path.startsWith(folder));
    rest = rest.filter(({ path }) => !path.startsWith(folder));
    const named = (name: string) => own.filter(({ path }) => path === `${folder}${name}`);
    if (liveFiles !== undefined) {
      const ordered = liveFiles.flatMap(named);
      first.push(...ordered, ...own.filter((file) => !ordered.includes(file)));
      continue;
    }
    const given = `${folder.slice(0, folder.lastIndexOf('/', folder.length - 2))}/${givenStore}-${opened.number}`;
    const marker = `${JSON.stringify({ ...opened, client: givenStore })}\n`;
    const carried = named(carriedName).map(({ source }) => ({ path: `${given}/${carriedName}`, source }));
    const markers = named(storeMarkerName).map(({ source }) => ({
      path: `${given}/${storeMarkerName}`,
      source,
      content: marker,
    }));
    first.push(...(carried.length === 0 ? [] : [...carried, ...markers]));
    const reason = `${opened.client} runs, and what it signed since cannot be read meanwhile`;
    behind.push({ node, store, asOfMs: openedAtMs, reason });
  }
  return { files: [...first, ...rest], behind };
}
