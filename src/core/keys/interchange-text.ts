import {
  type Interchange,
  interchangeVersion,
  type SignedAttestation,
  type SignedBlock,
  type SigningHistory,
} from './interchange.ts';
import { ordered } from './interchange-compare.ts';

const entriesAPiece = 2_000;

/** The text of a slashing protection file (EIP-3076), in pieces and in one order: the same content, the same text. */
export function* interchangeText(interchange: Interchange): Generator<string> {
  const metadata = {
    interchange_format_version: interchangeVersion,
    genesis_validators_root: interchange.genesisValidatorsRoot,
  };
  yield `{"metadata":${JSON.stringify(metadata)},"data":[`;
  let separator = '\n';
  for (const pubkey of [...interchange.histories.keys()].sort()) {
    const history = interchange.histories.get(pubkey);
    if (history === undefined) continue;
    yield separator;
    yield* historyText(ordered(history));
    separator = ',\n';
  }
  yield ']}\n';
}

function* historyText({ pubkey, blocks, attestations }: SigningHistory): Generator<string> {
  yield `{"pubkey":"${pubkey}","signed_blocks":[`;
  yield* listText(blocks, blockText);
  yield '],"signed_attestations":[';
  yield* listText(attestations, attestationText);
  yield ']}';
}

function* listText<T>(entries: readonly T[], textOf: (entry: T) => string): Generator<string> {
  for (let from = 0; from < entries.length; from += entriesAPiece) {
    const piece = entries.slice(from, from + entriesAPiece).map(textOf);
    yield `${from === 0 ? '' : ','}${piece.join(',')}`;
  }
}

function blockText({ slot, signingRoot }: SignedBlock): string {
  return `{"slot":"${slot}"${rootText(signingRoot)}}`;
}

function attestationText({ sourceEpoch, targetEpoch, signingRoot }: SignedAttestation): string {
  return `{"source_epoch":"${sourceEpoch}","target_epoch":"${targetEpoch}"${rootText(signingRoot)}}`;
}

function rootText(signingRoot: string | undefined): string {
  return signingRoot === undefined ? '' : `,"signing_root":"${signingRoot}"`;
}
