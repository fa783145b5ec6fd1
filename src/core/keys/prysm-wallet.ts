import { Secret } from '../../base/secret.ts';

/** The lists in a wallet, base64. */
export interface PrysmAccounts {
  readonly publicKeys: readonly string[];
  readonly privateKeys: Secret<readonly string[]>;
}

export const walletName = 'all-accounts.keystore.json';

/**
 * Prysm keeps all imported keys of a wallet in one file, `direct/accounts/all-accounts.keystore.json`: sealed as a
 * keystore is, but what is inside is JSON with lists of keys in base64. Source: prysm, validator/keymanager/local.
 */
export function isPrysmWallet(text: string): boolean {
  try {
    const { crypto } = JSON.parse(text) as { crypto?: { cipher?: { message?: unknown } } };
    const message = crypto?.cipher?.message;
    return typeof message === 'string' && message.length > 64;
  } catch {
    return false;
  }
}

/** What was sealed in a wallet; undefined when it is no list of keys. */
export function prysmAccounts(content: Uint8Array): PrysmAccounts | undefined {
  try {
    const json = JSON.parse(Buffer.from(content).toString('utf8')) as Record<string, unknown>;
    const { public_keys: publicKeys, private_keys: privateKeys } = json;
    if (!isTexts(publicKeys) || !isTexts(privateKeys)) return undefined;
    return { publicKeys, privateKeys: new Secret(privateKeys) };
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
