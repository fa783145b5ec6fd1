import type { ExportLayout } from '../../core/keys/export-layout.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { StoredKey } from '../../keys/store/key-set-store.ts';

interface LayoutFile {
  readonly path: string;
  readonly content: string;
}

interface Names {
  readonly keystore: string;
  readonly password: string;
}

/** Sources: the clients' documentation of their validator folders. */
const names: Readonly<Record<ExportLayout, (key: PublicKey) => Names>> = {
  eip2335: (key) => ({ keystore: `keystore-${key}.json`, password: `keystore-${key}.txt` }),
  lighthouse: (key) => ({ keystore: `validators/${key}/voting-keystore.json`, password: `secrets/${key}` }),
  teku: (key) => ({ keystore: `keys/${key}.json`, password: `passwords/${key}.txt` }),
  nimbus: (key) => ({ keystore: `validators/${key}/keystore.json`, password: `secrets/${key}` }),
  lodestar: (key) => ({ keystore: `keystores/${key}/voting-keystore.json`, password: `secrets/${key}` }),
  web3signer: (key) => ({ keystore: `keys/${key}.json`, password: `keys/${key}.txt` }),
};

/** The files of one key. */
export function exportFiles(
  layout: ExportLayout,
  key: PublicKey,
  { keystore, password }: StoredKey,
): readonly LayoutFile[] {
  const { keystore: keystorePath, password: passwordPath } = names[layout](key);
  const definition = [
    'type: file-keystore',
    'keyType: BLS',
    `keystoreFile: ${key}.json`,
    `keystorePasswordFile: ${key}.txt`,
    '',
  ].join('\n');
  return [
    { path: keystorePath, content: keystore },
    ...(password === undefined ? [] : [{ path: passwordPath, content: password.reveal() }]),
    ...(layout === 'web3signer' ? [{ path: `keys/${key}.yaml`, content: definition }] : []),
  ];
}
