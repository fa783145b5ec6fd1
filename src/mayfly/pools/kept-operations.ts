import { type capella, type electra, type phase0, ssz } from '@lodestar/types';
import type { KeptNote } from '../store/kept-note.ts';
import type { OperationPool, WaitingOperations } from './operation-pool.ts';

/** As the standard has them on the wire; the number is what the note calls them. */
const types = {
  voluntaryExits: { mark: 1, ssz: ssz.phase0.SignedVoluntaryExit },
  proposerSlashings: { mark: 2, ssz: ssz.phase0.ProposerSlashing },
  attesterSlashings: { mark: 3, ssz: ssz.electra.AttesterSlashing },
  blsToExecutionChanges: { mark: 4, ssz: ssz.capella.SignedBLSToExecutionChange },
} as const;

const version = 1;
const headSize = 5;
/** Room for some twenty thousand exits. What does not fit waits in memory alone until there is room. */
const mostBytes = 4 * 1024 * 1024;

/** Puts back what waited for a block when the process before this one ended, and keeps what comes. */
export async function keepOperations(pool: OperationPool, note: KeptNote): Promise<void> {
  const kept = await note.restore(decodeOperations);
  for (const exit of kept?.voluntaryExits ?? []) pool.addVoluntaryExit(exit);
  for (const slashing of kept?.proposerSlashings ?? []) pool.addProposerSlashing(slashing);
  for (const slashing of kept?.attesterSlashings ?? []) pool.addAttesterSlashing(slashing);
  for (const change of kept?.blsToExecutionChanges ?? []) pool.addBlsChange(change);
  pool.keepWith({
    changed: () => note.keep(() => encodeOperations(pool.all())),
    settled: () => note.settled(),
  });
}

/** A version byte, then each operation as its mark (1), its length (4, big-endian) and its SSZ. */
export function encodeOperations(waiting: WaitingOperations, limitBytes = mostBytes): Uint8Array {
  const parts: Buffer[] = [Buffer.from([version])];
  let size = 1;
  const items = [
    ...waiting.proposerSlashings.map((item) => encoded('proposerSlashings', item)),
    ...waiting.attesterSlashings.map((item) => encoded('attesterSlashings', item)),
    ...waiting.voluntaryExits.map((item) => encoded('voluntaryExits', item)),
    ...waiting.blsToExecutionChanges.map((item) => encoded('blsToExecutionChanges', item)),
  ];
  for (const item of items) {
    if (size + item.length > limitBytes) continue;
    parts.push(item);
    size += item.length;
  }
  return Buffer.concat(parts);
}

/** Throws for what is no such note. */
export function decodeOperations(bytes: Uint8Array): WaitingOperations {
  const note = Buffer.from(bytes);
  if (note[0] !== version) throw new RangeError(`version ${note[0]} is not known`);
  const found = {
    voluntaryExits: [] as phase0.SignedVoluntaryExit[],
    proposerSlashings: [] as phase0.ProposerSlashing[],
    attesterSlashings: [] as electra.AttesterSlashing[],
    blsToExecutionChanges: [] as capella.SignedBLSToExecutionChange[],
  };
  for (let at = 1; at < note.length; ) {
    const mark = note.readUInt8(at);
    const end = at + headSize + note.readUInt32BE(at + 1);
    if (end > note.length) throw new RangeError('it is cut off');
    const kind = (Object.keys(types) as (keyof typeof types)[]).find((name) => types[name].mark === mark);
    if (kind === undefined) throw new RangeError(`operation ${mark} is not known`);
    const body = Uint8Array.from(note.subarray(at + headSize, end));
    (found[kind] as unknown[]).push(types[kind].ssz.deserialize(body));
    at = end;
  }
  return found;
}

function encoded(kind: keyof typeof types, item: unknown): Buffer {
  const { mark, ssz: type } = types[kind];
  const body = type.serialize(item as never);
  const head = Buffer.alloc(headSize);
  head.writeUInt8(mark, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
