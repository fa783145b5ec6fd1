import { shownUrl } from '../../base/http-url.ts';
import { createBeaconHttp } from '../../chain/http/beacon.ts';
import { type PoolMessage, submitMessage } from '../../chain/http/message-pool.ts';
import type { NetworkServices } from '../network/known-network.ts';
import { beaconUrls } from './beacon-urls.ts';
import { keyUseErrors } from './errors.ts';
import { type IterationWish, messageNetwork, type SigningIteration } from './signing-network.ts';

/** What a beacon node said to a message; `unknown` when it said nothing that counts, and may have taken it. */
export interface SendOutcome {
  readonly outcome: 'taken' | 'refused' | 'unknown';
  readonly reason?: string;
}

export interface SendingWish extends IterationWish {
  /** The Beacon API to ask and to send to; those of this root's nodes when absent. */
  readonly beacon?: string | undefined;
}

/**
 * A Beacon API that is on the very network that messages are signed for: to any other they would tell who is to leave, and
 * mean nothing. Throws EPH-KEYS-BEACON, before anything is signed.
 */
export async function sendingBeacon(
  services: NetworkServices,
  wish: SendingWish,
  network: SigningIteration,
): Promise<string> {
  const urls = wish.beacon === undefined ? await beaconUrls(services, wish) : [wish.beacon];
  const wanted = messageNetwork(network).genesisValidatorsRoot;
  const problems: { url: string; reason: string }[] = [];
  for (const url of urls) {
    const genesis = await createBeaconHttp({ url }).genesis();
    if (!genesis.known) problems.push({ url: shownUrl(url), reason: genesis.reason });
    else if (genesis.value.genesisValidatorsRoot.toLowerCase() === wanted) return url;
    else
      problems.push({
        url: shownUrl(url),
        reason: `it is on another network than iteration ${network.iteration} of ${network.network}, by its validators root`,
      });
  }
  const [first = { url: 'a Beacon API', reason: 'none is known; give --beacon' }] = problems;
  throw keyUseErrors.create('EPH-KEYS-BEACON', first);
}

/** One after the other, in their order. Rejects with the signal's reason; what was sent until then is sent. */
export async function sendMessages(
  url: string,
  messages: readonly PoolMessage[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const outcomes: SendOutcome[] = [];
  for (const message of messages) {
    signal.throwIfAborted();
    const answer = await submitMessage(url, message);
    if (!answer.known) outcomes.push({ outcome: 'unknown', reason: answer.reason });
    else if (answer.value.taken) outcomes.push({ outcome: 'taken' });
    else outcomes.push({ outcome: 'refused', reason: answer.value.reason });
  }
  return outcomes;
}
