import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { messageOf } from '../../base/errors.ts';
import { writeFully } from '../../base/write-fully.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import { decodeClaims, encodeAttestation, encodeBlock } from './claim-log.ts';
import { marksText, mergeInterchange } from './mark-interchange.ts';
import { type AttestationClaim, type BlockClaim, Watermarks } from './watermarks.ts';

/** The complete history so far, an EIP-3076 interchange; the log beside it holds what came since. */
export const protectionFile = 'slashing-protection.json';
export const protectionLog = 'slashing-protection.log';

/** The log is folded into the file when it has grown to this. */
const longestLogBytes = 1024 * 1024;

/**
 * Slashing protection of one network on the disk. A claim is taken in memory at once, so that no two can conflict,
 * and is flushed to the disk before its promise resolves: nothing is signed that a power cut could make us forget.
 */
export class Protection {
  private readonly folder: string;
  private readonly genesisValidatorsRoot: string;
  private readonly marks: Watermarks;
  private log: FileHandle;
  private logBytes = 0;
  /** One write at a time; a failed one fails its own callers alone. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(init: {
    folder: string;
    genesisValidatorsRoot: string;
    marks: Watermarks;
    log: FileHandle;
  }) {
    this.folder = init.folder;
    this.genesisValidatorsRoot = init.genesisValidatorsRoot;
    this.marks = init.marks;
    this.log = init.log;
  }

  /**
   * Opens what the folder has, or begins anew in an empty one.
   * @throws EPH-MAYFLY-VALIDATOR-PROTECTION, EPH-INTERCHANGE-*
   */
  static async open(folder: string, genesisValidatorsRoot: string): Promise<Protection> {
    const path = join(folder, protectionFile);
    const logPath = join(folder, protectionLog);
    const [text, log] = await Promise.all([read(path), read(logPath)]);
    const marks = new Watermarks();
    if (text !== undefined) mergeInterchange(marks, text, { file: path, genesisValidatorsRoot });
    else if (log !== undefined && log.length > 0) throw unusable(path, 'it is gone, and its log is there');
    replay(marks, log ?? '', logPath);
    await writeFileAtomic(path, marksText(marks, genesisValidatorsRoot));
    const handle = await open(logPath, 'w', 0o600);
    await syncFolder(folder);
    return new Protection({ folder, genesisValidatorsRoot, marks, log: handle });
  }

  /** The reason why a block must not be signed; undefined when it may be, and that is on the disk. */
  async claimBlock(claim: BlockClaim): Promise<string | undefined> {
    const refused = this.marks.claimBlock(claim);
    if (refused === undefined) await this.append(encodeBlock(claim));
    return refused;
  }

  /** As `claimBlock`, for all attestations of a slot with one flush. */
  async claimAttestations(claims: readonly AttestationClaim[]): Promise<(string | undefined)[]> {
    const answers = claims.map((claim) => this.marks.claimAttestation(claim));
    const taken = claims.filter((_, i) => answers[i] === undefined);
    if (taken.length > 0) await this.append(taken.map(encodeAttestation).join(''));
    return answers;
  }

  /** Takes in the history of earlier signers of this network. @throws EPH-INTERCHANGE-* */
  async merge(text: string, path: string): Promise<void> {
    const { genesisValidatorsRoot } = this;
    mergeInterchange(this.marks, text, { file: path, genesisValidatorsRoot });
    await this.run(() => this.fold());
  }

  /** The interchange of these keys, or of all; what is in it is on the disk. */
  async export(only?: ReadonlySet<PublicKey>): Promise<string> {
    await this.run(() => this.fold());
    return marksText(this.marks, this.genesisValidatorsRoot, only);
  }

  knows(key: PublicKey): boolean {
    return this.marks.get(key) !== undefined;
  }

  /** The file alone then holds everything. */
  async close(): Promise<void> {
    await this.run(async () => {
      await this.fold();
      await this.log.close();
    });
  }

  private append(lines: string): Promise<void> {
    return this.run(async () => {
      const bytes = Buffer.from(lines);
      try {
        await writeFully(this.log, bytes, this.logBytes);
        await this.log.datasync();
      } catch (cause) {
        await this.log.truncate(this.logBytes).catch(() => undefined);
        throw cause;
      }
      this.logBytes += bytes.length;
      if (this.logBytes > longestLogBytes) await this.fold();
    });
  }

  private async fold(): Promise<void> {
    await writeFileAtomic(
      join(this.folder, protectionFile),
      marksText(this.marks, this.genesisValidatorsRoot),
    );
    await this.log.truncate(0);
    this.logBytes = 0;
  }

  private run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work, work);
    this.last = done.catch(() => undefined);
    return done;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unusable(path, messageOf(cause));
  }
}

function replay(marks: Watermarks, log: string, path: string): void {
  const claims = decodeClaims(log);
  if (claims === undefined) throw unusable(path, 'a line of it is damaged');
  for (const claim of claims) {
    const { root } = claim;
    if ('slot' in claim) marks.raise(claim.key, { block: { slot: claim.slot, root } });
    else marks.raise(claim.key, { attestation: { source: claim.source, target: claim.target, root } });
  }
}

function unusable(path: string, reason: string): Error {
  return mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-PROTECTION', { path, reason });
}
