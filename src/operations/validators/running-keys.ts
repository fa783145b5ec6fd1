import { isEphemeryError } from '../../base/errors.ts';
import type { Keymanager, KeySettings, ListedKey } from '../../chain/keymanager.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import { openKeymanager } from '../node/open-keymanager.ts';
import type { Services } from '../services.ts';
import { type KeysProblem, keysProblem } from './keys-problem.ts';
import { nodeCalled } from './node-protection.ts';

export interface RunningKey extends ListedKey, KeySettings {
  /** The key set that it is of; absent for a key that nobody guards. */
  readonly keySet?: string;
}

export interface NodeKeys {
  readonly node: string;
  readonly client: string;
  readonly keys: readonly RunningKey[];
  /** Keys of its sets that the client does not have. */
  readonly missing: readonly PublicKey[];
  /** Why nothing is known, and what to do. */
  readonly problem?: KeysProblem;
}

/** What running validator clients say of their keys, and of what each proposes with. Throws EPH-VALIDATORS-UNKNOWN-NODE. */
export async function runningKeys(
  services: Services,
  { config, node }: { readonly config: ConfigWish['config']; readonly node?: string | undefined },
): Promise<{ readonly nodes: readonly NodeKeys[] }> {
  const made = await madeNodes(await effectiveConfig(services, { config }), services.paths.root, node);
  const opened = await services.openFleet({ config: made, emit: () => undefined, readOnly: true });
  try {
    const chosen = node === undefined ? opened.nodes : [nodeCalled(opened.nodes, node)];
    const nodes: NodeKeys[] = [];
    for (const each of chosen) {
      if (each.setup.validator !== undefined) nodes.push(await keysOfNode(each));
    }
    return { nodes };
  } finally {
    await opened.close();
  }
}

async function keysOfNode({ setup, environment }: AssembledNode): Promise<NodeKeys> {
  const { keySets = [], definition } = setup.validator ?? {};
  const head = { node: setup.name, client: definition?.displayName ?? '' };
  try {
    const sets = new Map<PublicKey, string>();
    for (const set of keySets)
      for (const key of await environment.store.publicKeys([set])) sets.set(key, set);
    const api = await openKeymanager({ setup, env: environment });
    if (api === undefined)
      return { ...head, keys: [], missing: [], problem: { message: 'It serves no keymanager API.' } };
    const keys: RunningKey[] = [];
    for (const listed of await api.keys()) {
      const keySet = sets.get(listed.key);
      const settings = await settingsOf(api, listed.key, definition?.keymanager?.settings ?? []);
      keys.push({ ...listed, ...settings, ...(keySet === undefined ? {} : { keySet }) });
    }
    const there = new Set(keys.map(({ key }) => key));
    return { ...head, keys, missing: [...sets.keys()].filter((key) => !there.has(key)) };
  } catch (thrown) {
    return { ...head, keys: [], missing: [], problem: await keysProblem({ setup, environment }, thrown) };
  }
}

/** What a client does not serve is left out. */
async function settingsOf(
  api: Keymanager,
  key: PublicKey,
  names: readonly (keyof KeySettings)[],
): Promise<KeySettings> {
  const settings: [string, unknown][] = [];
  for (const name of names) {
    try {
      const value = await api.setting(key, name);
      if (value !== undefined) settings.push([name, value]);
    } catch (thrown) {
      if (!isEphemeryError(thrown) || thrown.code !== 'EPH-KEYMANAGER-NOT-FOUND') throw thrown;
    }
  }
  return Object.fromEntries(settings);
}
