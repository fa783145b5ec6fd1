import type { Clock } from '../../base/clock.ts';
import { utf8 } from './bytes.ts';
import { tcpTalk } from './tcp-talk.ts';

/** Both sides begin with it: its length, its text, a line's end. Source: multiformats/multistream-select, README.md. */
const greeting = Uint8Array.of(0x13, ...utf8('/multistream/1.0.0\n'));

/** Says the greeting of a libp2p connection over TCP and waits for the other side's. Rejects when it is none. */
export async function greetLibp2p(
  place: { readonly host: string; readonly port: number },
  timing: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Record<string, never>> {
  await tcpTalk(place, timing, async ({ send, read }) => {
    send(greeting);
    if (!Buffer.from(await read(greeting.length)).equals(greeting))
      throw new RangeError('what listens there is no libp2p');
  });
  return {};
}
