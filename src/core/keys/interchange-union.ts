import type { Interchange, SignedAttestation, SignedBlock, SigningHistory } from './interchange.ts';
import { ordered, slashableIn } from './interchange-compare.ts';
import { minify } from './interchange-minify.ts';
import { type InterchangeLimits, InterchangeReader } from './interchange-reader.ts';
import type { PublicKey } from './public-key.ts';

/** Gathers histories from one file or many into one, every message once. All are of one network. */
export class InterchangeUnion {
  private readonly gathered = new Map<
    PublicKey,
    { blocks: SignedBlock[]; attestations: SignedAttestation[] }
  >();

  add({ pubkey, blocks, attestations }: SigningHistory): void {
    const history = this.gathered.get(pubkey) ?? { blocks: [], attestations: [] };
    // One by one: a spread of a long list would not fit on the stack.
    for (const block of blocks) history.blocks.push(block);
    for (const attestation of attestations) history.attestations.push(attestation);
    this.gathered.set(pubkey, history);
  }

  /** Everything that was added, under this validators root. */
  result(genesisValidatorsRoot: string): Interchange {
    const histories = new Map<PublicKey, SigningHistory>();
    for (const [pubkey, history] of this.gathered) histories.set(pubkey, ordered({ pubkey, ...history }));
    return { genesisValidatorsRoot: genesisValidatorsRoot.toLowerCase(), histories };
  }
}

/** Every history, or only what `change` makes of it. */
export function mapHistories(
  interchange: Interchange,
  change: (history: SigningHistory) => SigningHistory,
): Interchange {
  const histories = new Map([...interchange.histories].map(([key, history]) => [key, change(history)]));
  return { ...interchange, histories };
}

/** The shortest file that forbids all that this one forbids. */
export function minifyAll(interchange: Interchange): Interchange {
  return mapHistories(interchange, minify);
}

/**
 * Clients may refuse a file with slashable messages in it (EIP-3076 leaves them the choice). The histories that
 * have some are minified, which forbids no less. Those without a message forbid nothing, and are left out.
 */
export function importable(interchange: Interchange): Interchange {
  const { histories } = mapHistories(interchange, (history) =>
    slashableIn(history) > 0 ? minify(history) : history,
  );
  const telling = [...histories].filter(
    ([, { blocks, attestations }]) => blocks.length + attestations.length > 0,
  );
  return { ...interchange, histories: new Map(telling) };
}

/** Reads a whole text. Throws what `InterchangeReader` throws. */
export function parseInterchange(
  text: string | Buffer,
  how: {
    readonly file: string;
    readonly genesisValidatorsRoot?: string;
    readonly limits?: InterchangeLimits;
  },
): Interchange {
  const union = new InterchangeUnion();
  const reader = new InterchangeReader({ ...how, history: (history) => union.add(history) });
  reader.push(Buffer.from(text));
  return union.result(reader.end().genesisValidatorsRoot);
}
