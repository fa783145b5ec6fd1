import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { concat, numberOf, xor } from './bytes.ts';
import { openEcies, sealEcies } from './ecies.ts';
import { newKeyPair, sharedX, signRecoverable } from './key-pair.ts';
import type { NodeAddress } from './node-address.ts';
import { bytesOf, decodeRlp, encodeRlp, listOf, type RlpRead } from './rlp.ts';
import { FrameReader, rlpxSecrets } from './rlpx-frames.ts';
import { type TcpTalk, tcpTalk } from './tcp-talk.ts';

/** What a node says of itself once the handshake has proven its key. */
export type RlpxGreeting =
  | { readonly client: string; readonly capabilities: readonly string[] }
  | { readonly refusal: string };

const handshakeVersion = 4;
const mostFrameBytes = 64 * 1024;
// Source: ethereum/devp2p, rlpx.md, "Disconnect".
const refusals: Readonly<Record<number, string>> = {
  0: 'disconnect requested',
  4: 'too many peers',
  5: 'already connected',
  8: 'it is quitting',
  16: 'subprotocol error',
};

/**
 * The handshake of RLPx with a node, and its first message. Rejects when whoever listens there cannot prove to be
 * that node. Source: ethereum/devp2p, rlpx.md; the EIP-8 forms.
 */
export function greetRlpx(
  { key, host, tcpPort }: NodeAddress,
  timing: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<RlpxGreeting> {
  return tcpTalk({ host, port: tcpPort }, timing, async (talk) => {
    const own = newKeyPair();
    const ephemeral = newKeyPair();
    const nonce = Uint8Array.from(randomBytes(32));
    const proof = signRecoverable(xor(sharedX(own.secret, key), nonce), ephemeral.secret);
    const body = encodeRlp([proof, own.full, nonce, handshakeVersion]);
    const padding = randomBytes(100 + ((nonce[0] ?? 0) % 100));
    talk.send(sealEcies(key, concat(body, padding)));
    const ack = await readAck(talk);
    const [theirEphemeral, theirNonce] = listOf(decodeRlp(openEcies(own.secret, ack)));
    const secrets = rlpxSecrets({
      ephemeralShared: sharedX(ephemeral.secret, bytesOf(theirEphemeral)),
      ourNonce: nonce,
      theirNonce: bytesOf(theirNonce),
      ack,
    });
    return readGreeting(talk, new FrameReader(secrets));
  });
}

async function readAck({ read }: TcpTalk): Promise<Uint8Array> {
  const prefix = await read(2);
  return concat(prefix, await read(numberOf(prefix)));
}

async function readGreeting({ read }: TcpTalk, frames: FrameReader): Promise<RlpxGreeting> {
  const length = frames.header(await read(32));
  if (length > mostFrameBytes) throw new RangeError('its greeting is too long');
  const padded = Math.ceil(length / 16) * 16;
  const text = frames.body(await read(padded + 16), length);
  // The code of a hello, 0, is an empty string in RLP.
  return text[0] === 0x80 ? helloOf(decodeRlp(text.slice(1))) : refusalOf(text);
}

function helloOf(value: RlpRead): RlpxGreeting {
  const [, client, capabilities] = listOf(value);
  return {
    client: Buffer.from(bytesOf(client)).toString('utf8').slice(0, 200),
    capabilities: listOf(capabilities)
      .slice(0, 50)
      .map((capability) => {
        const [name, version] = listOf(capability);
        return `${Buffer.from(bytesOf(name)).toString('utf8').slice(0, 20)}/${numberOf(bytesOf(version))}`;
      }),
  };
}

function refusalOf(text: Uint8Array): RlpxGreeting {
  if (text[0] !== 1) return { refusal: 'it greeted with something else' };
  const value = decodeRlp(text.slice(1));
  const reason = numberOf(bytesOf(value instanceof Uint8Array ? value : value[0]));
  return { refusal: refusals[reason] ?? `reason ${reason}` };
}
