import type { Keymanager } from '../../chain/keymanager.ts';
import { defined } from './defined.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { keymanagerTokenPath, keymanagerUrl, type NodeSetup } from './node-setup.ts';

/** Undefined when the validator client serves none. Throws EPH-KEYMANAGER-TOKEN-FILE. */
export async function openKeymanager({
  setup,
  env,
}: {
  readonly setup: NodeSetup;
  readonly env: Pick<NodeEnvironment, 'store' | 'keymanager'>;
}): Promise<Keymanager | undefined> {
  const url = keymanagerUrl(setup);
  const { keymanager: declared } = setup.validator?.definition ?? {};
  if (url === undefined || declared === undefined) return undefined;
  return env.keymanager?.({
    url,
    keys: declared.keys,
    ...defined({ nothingSet: declared.nothingSet }),
    ...(declared.token === 'none' ? {} : { tokenPath: await keymanagerTokenPath(setup, env.store) }),
  });
}
