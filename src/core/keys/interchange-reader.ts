import { interchangeVersion, type SigningHistory } from './interchange.ts';
import { interchangeErrors } from './interchange-errors.ts';
import { type JsonHandler, JsonSyntaxError, JsonTokens } from './interchange-tokens.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

export interface InterchangeLimits {
  readonly bytes: number;
  readonly validators: number;
  readonly entries: number;
}

/** Ten times what the largest operator's full history of one iteration comes to. */
const interchangeLimits: InterchangeLimits = {
  bytes: 2 * 2 ** 30,
  validators: 200_000,
  entries: 8_000_000,
};

const tokenLimits = { depth: 16, tokenBytes: 4096 };

export interface InterchangeRead {
  readonly genesisValidatorsRoot: string;
  readonly validators: number;
  readonly entries: number;
}

export interface ReaderOptions {
  /** For messages. */
  readonly file: string;
  /** The only network that is accepted; any when absent. */
  readonly genesisValidatorsRoot?: string;
  readonly limits?: InterchangeLimits;
  /** Called for each item of `data`, one key perhaps more than once. To be believed only after `end`. */
  readonly history: (history: SigningHistory) => void;
}

type Place =
  | 'outside'
  | 'file'
  | 'metadata'
  | 'data'
  | 'validator'
  | 'signed_blocks'
  | 'block'
  | 'signed_attestations'
  | 'attestation'
  | 'unknown';

/** What stands where: the place inside each member that the format knows. Maps, because the names are the file's. */
const inner: Readonly<Partial<Record<Place, ReadonlyMap<string, Place>>>> = {
  file: new Map([
    ['metadata', 'metadata'],
    ['data', 'data'],
  ]),
  validator: new Map([
    ['signed_blocks', 'signed_blocks'],
    ['signed_attestations', 'signed_attestations'],
  ]),
};
const items: Readonly<Partial<Record<Place, Place>>> = {
  data: 'validator',
  signed_blocks: 'block',
  signed_attestations: 'attestation',
};
const required: Readonly<Partial<Record<Place, readonly string[]>>> = {
  file: ['metadata', 'data'],
  metadata: ['interchange_format_version', 'genesis_validators_root'],
  validator: ['pubkey', 'signed_blocks', 'signed_attestations'],
  block: ['slot'],
  attestation: ['source_epoch', 'target_epoch'],
};
const rootForm = /^0x[0-9a-fA-F]{64}$/;
const numberForm = /^\d{1,20}$/;

interface Frame {
  readonly place: Place;
  readonly members: Map<string, string>;
}

const outside: Frame = { place: 'outside', members: new Map() };

/**
 * Reads a slashing protection file piece by piece (EIP-3076): `push` its bytes, then `end`. Members that the
 * format does not know are passed over; one that stands twice is refused, because readers would differ on it.
 * Throws EPH-INTERCHANGE-INVALID, EPH-INTERCHANGE-TOO-LARGE, EPH-INTERCHANGE-OTHER-NETWORK.
 */
export class InterchangeReader implements JsonHandler {
  private readonly options: ReaderOptions;
  private readonly limits: InterchangeLimits;
  private readonly tokens = new JsonTokens(this, tokenLimits);
  private readonly frames: Frame[] = [];
  private name = '';
  private root: string | undefined;
  private blocks: SigningHistory['blocks'][number][] = [];
  private attestations: SigningHistory['attestations'][number][] = [];
  private bytes = 0;
  private validators = 0;
  private entries = 0;

  constructor(options: ReaderOptions) {
    this.options = options;
    this.limits = options.limits ?? interchangeLimits;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.within('bytes', this.bytes);
    this.translating(() => this.tokens.push(chunk));
  }

  end(): InterchangeRead {
    this.translating(() => this.tokens.end());
    if (this.root === undefined) throw this.invalid('it is not an object with metadata and data');
    return { genesisValidatorsRoot: this.root, validators: this.validators, entries: this.entries };
  }

  open(kind: 'object' | 'array'): void {
    const frame = this.frame();
    const place = this.placeInside(frame);
    const isList = items[place] !== undefined;
    if (place !== 'unknown' && (kind === 'array') !== isList)
      throw this.invalid(`${nameOf(place)} is not ${isList ? 'a list' : 'an object'}`);
    if (inner[frame.place]?.has(this.name) === true) this.note(frame, '');
    this.frames.push({ place, members: new Map() });
  }

  close(): void {
    const frame = this.frame();
    this.frames.pop();
    const missing = required[frame.place]?.find((name) => !frame.members.has(name));
    if (missing !== undefined) throw this.invalid(`${nameOf(frame.place)} has no ${missing}`);
    if (frame.place === 'metadata') this.endMetadata(frame);
    if (frame.place === 'block') this.endBlock(frame);
    if (frame.place === 'attestation') this.endAttestation(frame);
    if (frame.place === 'validator') this.endValidator(frame);
  }

  key(name: string): void {
    this.name = name;
  }

  scalar(text: string, quoted: boolean): void {
    const frame = this.frame();
    if (frame.place === 'unknown') return;
    if (required[frame.place] === undefined || inner[frame.place]?.has(this.name) === true)
      throw this.invalid(`${nameOf(frame.place)} has a value where a structure belongs`);
    if (!quoted && text === 'null') return;
    this.note(frame, text);
  }

  private placeInside({ place }: Frame): Place {
    if (place === 'outside') return 'file';
    return items[place] ?? inner[place]?.get(this.name) ?? 'unknown';
  }

  private note({ place, members }: Frame, value: string): void {
    if (members.has(this.name)) throw this.invalid(`${nameOf(place)} says twice what its ${this.name} is`);
    members.set(this.name, value);
  }

  private endMetadata({ members }: Frame): void {
    const version = members.get('interchange_format_version');
    if (version !== interchangeVersion)
      throw this.invalid(`its format version is ${version?.slice(0, 20)}, and only 5 is known`);
    this.root = this.hash(members.get('genesis_validators_root') ?? '', 'genesis_validators_root');
    const wanted = this.options.genesisValidatorsRoot?.toLowerCase();
    if (wanted === undefined || wanted === this.root) return;
    throw interchangeErrors.create('EPH-INTERCHANGE-OTHER-NETWORK', {
      file: this.options.file,
      root: this.root,
      wanted,
    });
  }

  private endBlock({ members }: Frame): void {
    this.within('entries', ++this.entries);
    this.blocks.push({ slot: this.whole(members, 'slot'), ...this.signingRoot(members) });
  }

  private endAttestation({ members }: Frame): void {
    this.within('entries', ++this.entries);
    this.attestations.push({
      sourceEpoch: this.whole(members, 'source_epoch'),
      targetEpoch: this.whole(members, 'target_epoch'),
      ...this.signingRoot(members),
    });
  }

  private endValidator({ members }: Frame): void {
    this.within('validators', ++this.validators);
    const pubkey = this.publicKey(members.get('pubkey') ?? '');
    const { blocks, attestations } = this;
    this.blocks = [];
    this.attestations = [];
    this.options.history({ pubkey, blocks, attestations });
  }

  private publicKey(text: string): PublicKey {
    const pubkey = text.startsWith('0x') ? readPublicKey(text) : undefined;
    if (pubkey === undefined) throw this.invalid('a pubkey in it is no compressed BLS public key');
    return pubkey;
  }

  private signingRoot(members: Frame['members']): { signingRoot?: string } {
    const text = members.get('signing_root');
    return text === undefined ? {} : { signingRoot: this.hash(text, 'signing_root') };
  }

  private hash(text: string, name: string): string {
    if (!rootForm.test(text)) throw this.invalid(`a ${name} in it is not 32 bytes of hex`);
    return text.toLowerCase();
  }

  private whole(members: Frame['members'], name: string): number {
    const text = members.get(name) ?? '';
    const value = numberForm.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw this.invalid(`a ${name} in it is no number of a slot or epoch`);
    return value;
  }

  private frame(): Frame {
    return this.frames.at(-1) ?? outside;
  }

  private within(what: keyof InterchangeLimits, count: number): void {
    const limit = this.limits[what];
    if (count <= limit) return;
    throw interchangeErrors.create('EPH-INTERCHANGE-TOO-LARGE', { file: this.options.file, what, limit });
  }

  private translating(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      if (!(thrown instanceof JsonSyntaxError)) throw thrown;
      throw this.invalid(thrown.message, thrown.atByte);
    }
  }

  private invalid(problem: string, atByte = this.tokens.atByte): Error {
    return interchangeErrors.create('EPH-INTERCHANGE-INVALID', { file: this.options.file, problem, atByte });
  }
}

function nameOf(place: Place): string {
  return place === 'outside' || place === 'file' ? 'the file' : `the ${place.replace('_', ' ')} in it`;
}
