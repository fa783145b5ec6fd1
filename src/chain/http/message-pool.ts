import { type Answer, known, unknown } from '../../base/answer.ts';
import { requestText } from './json-request.ts';

/** Signed messages that wait in a beacon node for a block. */
export type PoolMessage =
  | { readonly kind: 'exit'; readonly json: unknown }
  | { readonly kind: 'credentials-change'; readonly json: unknown };

const timeoutMs = 15_000;
const mostReasonCharacters = 300;

/**
 * Gives one message to a consensus client; one a request, so that each has an answer of its own. False with the client's
 * own words where it does not take it. Source: ethereum/beacon-APIs, POST /eth/v1/beacon/pool/….
 */
export async function submitMessage(
  url: string,
  { kind, json }: PoolMessage,
): Promise<Answer<{ readonly taken: true } | { readonly taken: false; readonly reason: string }>> {
  const pool = kind === 'exit' ? 'voluntary_exits' : 'bls_to_execution_changes';
  const answer = await requestText({
    url: `${url.replace(/\/+$/, '')}/eth/v1/beacon/pool/${pool}`,
    method: 'POST',
    body: kind === 'exit' ? json : [json],
    timeoutMs,
    maxBytes: 1 << 20,
  });
  if (!answer.known) return answer;
  const { status, text } = answer.value;
  if (status >= 200 && status <= 299) return known({ taken: true });
  const reason = `status ${status}${wordsOf(text)}`;
  // What went wrong with the client or on the way says nothing of the message.
  return status >= 400 && status <= 499 ? known({ taken: false, reason }) : unknown(reason);
}

/** `failures` comes with lists; it says what the message only counts. */
function wordsOf(text: string): string {
  try {
    const { message, failures } = JSON.parse(text) as {
      message?: unknown;
      failures?: readonly { message?: unknown }[];
    };
    const words = Array.isArray(failures) ? (failures[0]?.message ?? message) : message;
    return typeof words === 'string' ? `: ${words.slice(0, mostReasonCharacters)}` : '';
  } catch {
    return '';
  }
}
