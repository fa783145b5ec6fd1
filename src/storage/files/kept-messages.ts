import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import type { KeptMessages } from '../../core/keys/kept-message.ts';
import { keySetPaths } from '../../core/keys/key-set-paths.ts';
import { DecodeError, listOf, oneOf, optional, record, text, whole } from '../../core/node/decode.ts';

const keptFile = record({
  kind: oneOf('exit', 'credentials-change', 'deposit'),
  network: text,
  iteration: whole,
  endsAtMs: whole,
  genesisValidatorsRoot: optional(text),
  signedAtMs: whole,
  file: text,
  keys: listOf(text, 100_000),
  deposit: optional(
    record({ credentials: oneOf('0x00', '0x01', '0x02'), address: optional(text), amountGwei: whole }),
  ),
});

/** What was signed with the keys of a set to be sent later: a file each in `keys/<set>/messages/`, so that nobody waits for a lock. */
export class MessageStore {
  private readonly keysPath: string;

  constructor(keysPath: string) {
    this.keysPath = keysPath;
  }

  /** `token` makes the name one of its own. */
  async keep(keySet: string, messages: KeptMessages, token: string): Promise<void> {
    const folder = this.folderOf(keySet);
    await ensureFolder(folder);
    const name = `${messages.signedAtMs}-${messages.kind}-${token}.json`;
    await writeFileAtomic(join(folder, name), `${JSON.stringify(messages, undefined, 2)}\n`);
  }

  /** Those of a set, the oldest first. What cannot be read is passed over: it is a note, and nothing depends on it. */
  async read(keySet: string): Promise<readonly KeptMessages[]> {
    const folder = this.folderOf(keySet);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    const all = await Promise.all(names.map((name) => readKept(join(folder, name))));
    return all.flatMap((kept) => kept ?? []).toSorted((a, b) => a.signedAtMs - b.signedAtMs);
  }

  private folderOf(keySet: string): string {
    return join(keySetPaths(this.keysPath, keySet).folder, 'messages');
  }
}

async function readKept(file: string): Promise<KeptMessages | undefined> {
  try {
    return keptFile(JSON.parse(await readFile(file, 'utf8'))) as KeptMessages;
  } catch (thrown) {
    if (thrown instanceof DecodeError || thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
