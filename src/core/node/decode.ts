/**
 * A small parser for values read back from disk: the core loads no schema library, because every
 * command loads the core.
 */
export type Decoder<T> = (value: unknown) => T;

export class DecodeError extends Error {}

export const text: Decoder<string> = (value) => {
  if (typeof value !== 'string' || value.length > 4096) throw new DecodeError('expected a short text');
  return value;
};

/** What was written for people: cut where it is too long, because nothing depends on it. */
export const prose: Decoder<string> = (value) => {
  if (typeof value !== 'string') throw new DecodeError('expected a text');
  return value.slice(0, 4096);
};

export const finite: Decoder<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError('expected a number');
  return value;
};

export const whole: Decoder<number> = (value) => {
  if (!Number.isSafeInteger(value)) throw new DecodeError('expected a whole number');
  return value as number;
};

export const truth: Decoder<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new DecodeError('expected true or false');
  return value;
};

export function oneOf<const T extends string>(...allowed: readonly T[]): Decoder<T> {
  return (value) => {
    const match = allowed.find((candidate) => candidate === value);
    if (match === undefined) throw new DecodeError(`expected one of ${allowed.join(', ')}`);
    return match;
  };
}

export function listOf<T>(item: Decoder<T>, maximum = 1000): Decoder<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > maximum) throw new DecodeError('expected a list');
    return value.map(item);
  };
}

const optionalMark = Symbol('optional');
type Optional<T> = Decoder<T | undefined> & { readonly [optionalMark]: true };

/** A field that may be missing; only for use in `record`. */
export function optional<T>(decode: Decoder<T>): Optional<T> {
  const decoder = (value: unknown) => (value === undefined ? undefined : decode(value));
  return Object.assign(decoder, { [optionalMark]: true as const });
}

// biome-ignore lint/suspicious/noExplicitAny: the constraint takes a decoder of anything; `Decoded` restores each type.
type Fields = Readonly<Record<string, Decoder<any>>>;
type OptionalKeys<F> = { [K in keyof F]: F[K] extends Optional<unknown> ? K : never }[keyof F];
type Decoded<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: ReturnType<F[K]>;
} & {
  readonly [K in OptionalKeys<F>]?: Exclude<ReturnType<F[K]>, undefined>;
};

/** An object with these fields; others are dropped, so that a newer version's extras do no harm. */
export function record<F extends Fields>(fields: F): Decoder<Decoded<F>> {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new DecodeError('expected an object');
    }
    const result: Record<string, unknown> = {};
    for (const [name, decode] of Object.entries(fields)) {
      const decoded = decode((value as Record<string, unknown>)[name]);
      if (decoded !== undefined) result[name] = decoded;
    }
    return result as Decoded<F>;
  };
}
