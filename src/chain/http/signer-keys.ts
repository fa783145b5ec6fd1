import { z } from 'zod';
import { type Answer, unknown } from '../../base/answer.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import { requestJson } from './json-request.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

const publicKeys = z.array(z.string().max(120)).max(200_000);
const maxBytes = 32 * 1024 * 1024;

/**
 * Every key that a remote signer signs with. Source: Web3Signer's API, `/api/v1/eth2/publicKeys`; Dirk's and others'
 * gateways serve it too. Unknown when it cannot be had in full: half a list is none.
 */
export async function listSignerKeys(url: string, timeoutMs = 2_000): Promise<Answer<readonly PublicKey[]>> {
  const base = url.replace(/\/+$/, '');
  const reply = await requestJson({ url: `${base}/api/v1/eth2/publicKeys`, timeoutMs, maxBytes });
  const keys = mapAnswer(parseAnswer(reply, publicKeys), (list) => list.map(readPublicKey));
  if (!keys.known) return keys;
  const read = keys.value.filter((key) => key !== undefined);
  return read.length === keys.value.length
    ? { known: true, value: read }
    : unknown('its list has entries that are no public keys');
}
