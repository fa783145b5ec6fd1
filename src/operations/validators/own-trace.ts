import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientDefinition, SignedMark } from '../../core/clients/client.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { newestIn } from './protection-here.ts';

/** What our own signer left behind of its signatures. Each message is in its store before it is signed. */
export interface OwnTrace {
  /** When its store was written last; absent where that is no measure. */
  readonly lastWriteMs?: number;
  /** The last that each key signed, where the client's files tell; a key that is not there signed nothing. */
  readonly marks?: ReadonlyMap<PublicKey, SignedMark>;
}

export interface TraceOf {
  readonly marks?: ClientDefinition['signedMarks'];
}

/**
 * Reads the store of a client that runs. Ask it only after what was seen on the chain: a message that is on the
 * chain and not in the store that is read afterwards was signed by somebody else.
 */
export async function ownTrace(
  store: string,
  { marks }: TraceOf & { readonly keys: readonly PublicKey[] },
): Promise<OwnTrace> {
  const lastWriteMs = await newestIn(store).catch(() => undefined);
  const read = marks === undefined ? undefined : await readMarks(store, marks);
  return {
    ...(lastWriteMs === undefined ? {} : { lastWriteMs }),
    ...(read === undefined ? {} : { marks: read }),
  };
}

/** One after the other, in the order in which a message wanders through them. A file that is missing tells nothing. */
async function readMarks(store: string, { files, read }: NonNullable<ClientDefinition['signedMarks']>) {
  const texts: string[] = [];
  for (const name of files) {
    const text = await readFile(join(store, name), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return read(texts);
}
