import { writeFileAtomic } from '../../base/atomic-files.ts';
import { shownUrl } from '../../base/http-url.ts';
import type { Secret } from '../../base/secret.ts';
import { signingPath, withdrawalPath } from '../../core/keys/key-path.ts';
import { type Mnemonic, mnemonicSeed } from '../../core/keys/mnemonic.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { blsChangeDomain, blsChangeRoot, signedBlsChangeJson } from '../../core/keys/signed-messages.ts';
import { signingRoot } from '../../core/keys/signing-domain.ts';
import { readAddress } from '../../core/keys/withdrawal-credentials.ts';
import type { NetworkServices } from '../network/known-network.ts';
import { defined } from '../node/defined.ts';
import type { Services } from '../services.ts';
import { keyUseErrors } from './errors.ts';
import { keepMessages } from './keep-messages.ts';
import { checkIndices } from './key-indices.ts';
import { keySetStore } from './key-sets.ts';
import { writablePath } from './output-files.ts';
import { type SendOutcome, sendingBeacon, sendMessages } from './send-messages.ts';
import { type IterationWish, messageNetwork, signingIteration } from './signing-network.ts';

export interface ChangeCredentialsWish extends IterationWish {
  readonly mnemonic: Mnemonic;
  readonly passphrase: Secret;
  /** Of the first key, EIP-2334; the next validators have the next keys. */
  readonly startIndex: number;
  readonly validatorIndices: readonly number[];
  readonly withdrawalAddress: string;
  readonly out: string;
  /** A Beacon API; those of this root's nodes when absent. */
  readonly beacon?: string | undefined;
  /** Give them to a beacon node too, once they are written. */
  readonly send?: boolean | undefined;
}

export interface ChangeCredentialsReport {
  readonly file: string;
  readonly network: string;
  readonly iteration: number;
  readonly changes: readonly {
    readonly index: number;
    readonly fromPubkey: PublicKey;
    /** What the beacon node said to it. */
    readonly sent?: SendOutcome;
  }[];
  /** The Beacon API that they were given to. */
  readonly sentTo?: string;
}

/**
 * Signs changes from 0x00 credentials to an address, and writes them down; nothing is sent unless it was asked for. The address cannot be changed
 * afterwards. Throws EPH-KEYS-ADDRESS, EPH-KEYS-INDEX, EPH-KEYS-VALIDATOR-TWICE, EPH-KEYS-NO-RELEASE, EPH-KEYS-BEACON,
 * EPH-KEYS-OUTPUT-EXISTS and EPH-KEYS-OUTPUT-UNWRITABLE.
 */
export async function changeCredentials(
  services: NetworkServices & Pick<Services, 'random'>,
  wish: ChangeCredentialsWish,
  signal: AbortSignal,
): Promise<ChangeCredentialsReport> {
  checkIndices(wish.startIndex, wish.validatorIndices.length);
  const twice = wish.validatorIndices.find((index, at) => wish.validatorIndices.indexOf(index) !== at);
  if (twice !== undefined) throw keyUseErrors.create('EPH-KEYS-VALIDATOR-TWICE', { index: twice });
  const file = await writablePath(services.host, wish.out);
  const toAddress = readAddress(wish.withdrawalAddress);
  const network = await signingIteration(services, wish);
  const sentTo = wish.send === true ? await sendingBeacon(services, wish, network) : undefined;
  const [{ secretKeyAt }, { publicKeyFor, signRoot }] = await Promise.all([
    import('../../keys/key-tree.ts'),
    import('../../keys/bls.ts'),
  ]);
  const seed = (await mnemonicSeed(wish.mnemonic, wish.passphrase)).reveal();
  const signed = wish.validatorIndices.map((validatorIndex, at) => {
    const secretKey = secretKeyAt(seed, withdrawalPath(wish.startIndex + at));
    const change = { validatorIndex, fromPubkey: publicKeyFor(secretKey) ?? ('0x' as const), toAddress };
    const signature = signRoot(secretKey, signingRoot(blsChangeRoot(change), blsChangeDomain(network)));
    return { change, json: signedBlsChangeJson(change, signature) };
  });
  // They are remembered with the keys that sign for the same validators, where those are here.
  const owners = await keySetStore(services.paths).owners();
  const places = wish.validatorIndices.flatMap((_, at) => {
    const key = publicKeyFor(secretKeyAt(seed, signingPath(wish.startIndex + at))) ?? '0x';
    const keySet = owners.get(key);
    return keySet === undefined ? [] : [{ keySet, key }];
  });
  await keepMessages(services, places, { kind: 'credentials-change', file, ...messageNetwork(network) });
  await writeFileAtomic(
    file,
    `${JSON.stringify(
      signed.map(({ json }) => json),
      undefined,
      2,
    )}\n`,
  );
  const messages = signed.map(({ json }) => ({ kind: 'credentials-change' as const, json }));
  const sent = sentTo === undefined ? [] : await sendMessages(sentTo, messages, signal);
  return {
    file,
    network: network.network,
    iteration: network.iteration,
    changes: signed.map(({ change }, at) => ({
      index: change.validatorIndex,
      fromPubkey: change.fromPubkey,
      ...defined({ sent: sent[at] }),
    })),
    ...defined({ sentTo: sentTo && shownUrl(sentTo) }),
  };
}
