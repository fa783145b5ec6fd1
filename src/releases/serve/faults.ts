import { releaseErrors } from '../errors.ts';

/**
 * How the releaser may misbehave, as public hosts do now and then:
 * `late` hides the tag as if it were not out; `partial` breaks off in the middle; `corrupt` alters a byte;
 * `empty` answers 200 with nothing; `rate-limited` 403 or 429; `outage` 503; `reset` drops the connection;
 * `web-page` gives HTML with status 200; `wrong-iteration` gives another release's files under the tag;
 * `slow` sends few bytes a second; `wrong-length` announces more than it sends; `wrong-date` shifts the Date.
 */
export const faultKinds = [
  'late',
  'partial',
  'corrupt',
  'empty',
  'rate-limited',
  'outage',
  'reset',
  'web-page',
  'wrong-iteration',
  'slow',
  'wrong-length',
  'wrong-date',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Only for this tag; for all unless told. */
  readonly tag?: string;
  /** Only for release pages (`tags`) or only for the mirror's paths (`latest`); for both unless told. */
  readonly paths?: 'tags' | 'latest';
  /** Goes away after this many answers; stays unless told. */
  readonly times?: number;
  /** `slow`: 1,024 unless told. */
  readonly bytesPerSecond?: number;
  /** `wrong-date`: how far ahead, 300 unless told; below zero is behind. */
  readonly skewSeconds?: number;
  /** `rate-limited`: 403 unless told. */
  readonly status?: 403 | 429;
  /** `wrong-iteration`: the tag whose files are given; the one before the asked one unless told. */
  readonly insteadTag?: string;
}

const mostFaults = 100;
const numberFields = ['times', 'bytesPerSecond', 'skewSeconds', 'status'];
const textFields = ['tag', 'paths', 'insteadTag'];

/** Reads a list of faults out of a parsed JSON body. Throws EPH-RELEASES-FAULT naming the item. */
export function parseFaults(content: unknown): readonly Fault[] {
  if (!Array.isArray(content) || content.length > mostFaults)
    throw refuse('a list of at most 100 is expected');
  return content.map((item: unknown, index) => parseFault(item, index));
}

function parseFault(item: unknown, index: number): Fault {
  if (typeof item !== 'object' || item === null) throw refuse(`item ${index} is no object`);
  for (const [field, value] of Object.entries(item)) {
    const fits =
      (field === 'kind' && faultKinds.some((kind) => kind === value)) ||
      (numberFields.includes(field) && Number.isSafeInteger(value)) ||
      (textFields.includes(field) && typeof value === 'string');
    if (!fits) throw refuse(`item ${index}: ${field} is unknown or of the wrong form`);
  }
  if (!('kind' in item)) throw refuse(`item ${index} has no kind`);
  return item as Fault;
}

function refuse(problem: string): Error {
  return releaseErrors.create('EPH-RELEASES-FAULT', { problem });
}

/** The faults that are set, used up as answers are given. */
export class FaultBoard {
  private active: { readonly fault: Fault; left: number }[] = [];

  set(faults: readonly Fault[]): void {
    this.active = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
  }

  list(): readonly Fault[] {
    return this.active.map(({ fault, left }) => (Number.isFinite(left) ? { ...fault, times: left } : fault));
  }

  /** The first fault of one of these kinds that fits, counted as used. */
  take(
    kinds: readonly FaultKind[],
    asked: { readonly tag?: string; readonly paths: 'tags' | 'latest' },
  ): Fault | undefined {
    const found = this.active.find(
      ({ fault }) =>
        kinds.includes(fault.kind) &&
        (fault.tag === undefined || fault.tag === asked.tag) &&
        (fault.paths === undefined || fault.paths === asked.paths),
    );
    if (found === undefined) return undefined;
    found.left--;
    if (found.left <= 0) this.active = this.active.filter((each) => each !== found);
    return found.fault;
  }
}
