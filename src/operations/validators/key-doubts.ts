import type { Answer } from '../../base/answer.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { validatorFindings } from '../../core/findings/validators.ts';
import { type PublicKey, shortPublicKey } from '../../core/keys/public-key.ts';
import type { KeyOwners } from '../../storage/files/key-owners.ts';
import type { NodeStore } from '../../storage/node-store.ts';

/** A remote signer that the configuration names: it has its keys from somebody else. */
export interface ForeignSigner {
  readonly url: string;
  keys(): Promise<Answer<readonly PublicKey[]>>;
}

export interface DoubtParts {
  readonly node: string;
  readonly store: Pick<NodeStore, 'publicKeys'>;
  readonly owners: Pick<KeyOwners, 'keySets'>;
  readonly signer?: ForeignSigner | undefined;
}

/** Why a node must not sign with its sets although they are its own; undefined when nothing speaks against it. */
export async function keyDoubt(parts: DoubtParts, keySets: readonly string[]): Promise<Finding | undefined> {
  return (await sharedKey(parts, keySets)) ?? (await signerDoubt(parts, keySets));
}

/** One key in two sets would have two owners, whatever their records say. */
async function sharedKey({ node, store, owners }: DoubtParts, keySets: readonly string[]) {
  const holders = new Map<PublicKey, string>();
  for (const keySet of keySets) {
    for (const key of await store.publicKeys([keySet])) {
      const before = holders.get(key);
      if (before !== undefined) return inTwoSets(node, key, [before, keySet]);
      holders.set(key, keySet);
    }
  }
  for (const other of await owners.keySets()) {
    if (keySets.includes(other)) continue;
    const key = (await keysOfOther(store, other)).find((each) => holders.has(each));
    if (key !== undefined) return inTwoSets(node, key, [holders.get(key) ?? '', other]);
  }
  return undefined;
}

/** A folder without keystores has no keys. One that cannot be read may have them: that is thrown. */
function keysOfOther(store: DoubtParts['store'], keySet: string): Promise<readonly PublicKey[]> {
  return store.publicKeys([keySet]).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw thrown;
  });
}

function inTwoSets(node: string, key: PublicKey, keySets: readonly string[]): Finding {
  return validatorFindings.create('EPH-VALIDATORS-KEY-IN-TWO-SETS', { key, keySets }, subjectOf(node));
}

async function signerDoubt(parts: DoubtParts, keySets: readonly string[]): Promise<Finding | undefined> {
  if (parts.signer === undefined) return undefined;
  const { url } = parts.signer;
  const strangers = await signerStrangers(parts, keySets);
  const subject = subjectOf(parts.node);
  if (!strangers.known)
    return validatorFindings.create(
      'EPH-VALIDATORS-SIGNER-UNLISTED',
      { url, reason: strangers.reason },
      subject,
    );
  const { value } = strangers;
  if (value.length === 0) return undefined;
  const facts = { url, count: value.length, keys: value.slice(0, 3).map(shortPublicKey) };
  return validatorFindings.create('EPH-VALIDATORS-SIGNER-KEYS', facts, subject);
}

/** Keys that the remote signer signs with, and that no set of the node has: nobody guards them. */
export function signerStrangers(parts: SignerParts, keySets: readonly string[]) {
  return besideSigner(parts, keySets, ({ ours, theirs }) => without(theirs, ours));
}

/** Keys of the node's sets that its remote signer does not have: nobody signs with them. */
export function keysWithoutSigner(parts: SignerParts, keySets: readonly string[]) {
  return besideSigner(parts, keySets, ({ ours, theirs }) => without(ours, theirs));
}

type SignerParts = Pick<DoubtParts, 'signer' | 'store'>;
type Keys = readonly PublicKey[];

/** None without a signer. */
async function besideSigner(
  { signer, store }: SignerParts,
  keySets: readonly string[],
  choose: (keys: { readonly ours: Keys; readonly theirs: Keys }) => Keys,
): Promise<Answer<Keys>> {
  if (signer === undefined) return { known: true, value: [] };
  const listed = await signer.keys();
  if (!listed.known) return listed;
  return { known: true, value: choose({ ours: await store.publicKeys(keySets), theirs: listed.value }) };
}

function without(keys: Keys, others: Keys): Keys {
  const known = new Set(others);
  return keys.filter((key) => !known.has(key));
}

function subjectOf(node: string) {
  return { node, layer: 'validator' } as const;
}
