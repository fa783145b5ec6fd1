import { messageOf } from '../../base/errors.ts';
import type { Interchange, SigningHistory } from '../../core/keys/interchange.ts';
import { slashableIn } from '../../core/keys/interchange-compare.ts';
import { interchangeErrors } from '../../core/keys/interchange-errors.ts';
import { minifyAll } from '../../core/keys/interchange-union.ts';
import { readInterchanges, writeInterchange } from '../../protection/interchange-file.ts';
import { writablePath } from '../keys/output-files.ts';
import type { HostFacts } from '../services.ts';

export interface ProtectionSummary {
  readonly genesisValidatorsRoot: string;
  readonly validators: number;
  readonly blocks: number;
  readonly attestations: number;
  /** Keys with messages that would be slashed together. */
  readonly slashable: readonly string[];
}

export interface FileWish {
  /** The only network that is accepted; any when absent. */
  readonly genesisValidatorsRoot?: string | undefined;
  readonly signal: AbortSignal;
}

/** Reads a slashing protection file to its end and says what is in it. Throws EPH-INTERCHANGE-*. */
export async function checkProtection(file: string, wish: FileWish): Promise<ProtectionSummary> {
  return summaryOf(await ofFiles([file], () => readInterchanges([file], known(wish))));
}

/**
 * One file with all that several of one network have. What exists is not written over: signing history cannot be made
 * again. Throws EPH-INTERCHANGE-*, EPH-KEYS-OUTPUT-EXISTS and EPH-KEYS-OUTPUT-UNWRITABLE.
 */
export async function mergeProtection(
  files: readonly string[],
  out: string,
  wish: FileWish & { readonly minify: boolean; readonly host: HostFacts },
): Promise<ProtectionSummary> {
  const path = await writablePath(wish.host, out);
  const merged = await ofFiles(files, () => readInterchanges(files, known(wish)));
  const written = wish.minify ? minifyAll(merged) : merged;
  await ofFiles([path], () => writeInterchange(path, written));
  return summaryOf(written);
}

/** Work on files that a person named. Throws EPH-INTERCHANGE-FILE in place of the system's errors. */
export async function ofFiles<T>(files: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isOfSystem = (cause as NodeJS.ErrnoException).syscall !== undefined;
    if (!isOfSystem) throw cause;
    const facts = { file: files.join(' and '), reason: messageOf(cause) };
    throw interchangeErrors.create('EPH-INTERCHANGE-FILE', facts, cause);
  }
}

function known({ genesisValidatorsRoot, signal }: FileWish) {
  return genesisValidatorsRoot === undefined ? { signal } : { genesisValidatorsRoot, signal };
}

export function summaryOf({ genesisValidatorsRoot, histories }: Interchange): ProtectionSummary {
  const all = [...histories.values()];
  const count = (lengthOf: (history: SigningHistory) => number) =>
    all.reduce((sum, history) => sum + lengthOf(history), 0);
  return {
    genesisValidatorsRoot,
    validators: all.length,
    blocks: count(({ blocks }) => blocks.length),
    attestations: count(({ attestations }) => attestations.length),
    slashable: all.filter((history) => slashableIn(history) > 0).map(({ pubkey }) => pubkey),
  };
}
