/** What web3signer's key files and Lighthouse's `validator_definitions.yml` say of a key. */
export interface Definition {
  /** Where it was read. */
  readonly path: string;
  /** The keystore, as its host knew it. */
  readonly keystore?: string;
  readonly passwordFile?: string;
  readonly password?: string;
  /** In the clear. */
  readonly secretKey?: Uint8Array;
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}

const mostCharacters = 4 << 20;

/** Sources: web3signer, "Use raw signing key files"; Lighthouse book, "Validator definitions". Files that are no such are left out. */
export async function readDefinitions(files: readonly TextFile[]): Promise<readonly Definition[]> {
  if (files.length === 0) return [];
  const { parseAllDocuments } = await import('yaml');
  return files
    .filter(({ text }) => text.length <= mostCharacters)
    .flatMap(({ path, text }) => {
      try {
        const documents = parseAllDocuments(text, { schema: 'failsafe' });
        return [...documents].flatMap((document) =>
          definitionsIn(path, document.toJS({ maxAliasCount: 20 }) as unknown),
        );
      } catch {
        return [];
      }
    });
}

function definitionsIn(path: string, content: unknown): readonly Definition[] {
  return (Array.isArray(content) ? content : [content]).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const fields = entry as Record<string, unknown>;
    const found = {
      path,
      ...named('keystore', fields.keystoreFile ?? fields.voting_keystore_path),
      ...named('passwordFile', fields.keystorePasswordFile ?? fields.voting_keystore_password_path),
      ...named('password', fields.voting_keystore_password),
      ...rawKey(fields),
    };
    return Object.keys(found).length > 1 ? [found] : [];
  });
}

function named(name: string, value: unknown): Readonly<Record<string, string>> {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {};
}

function rawKey({ type, keyType, privateKey }: Record<string, unknown>): Pick<Definition, 'secretKey'> {
  const isRaw = type === 'file-raw' && (keyType === undefined || keyType === 'BLS');
  const digits =
    isRaw && typeof privateKey === 'string'
      ? /^(?:0x)?([0-9a-fA-F]{64})$/.exec(privateKey.trim())?.[1]
      : undefined;
  return digits === undefined ? {} : { secretKey: new Uint8Array(Buffer.from(digits, 'hex')) };
}
