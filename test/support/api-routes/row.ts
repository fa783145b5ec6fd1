import type { Type } from '@chainsafe/ssz';
import { expect } from 'vitest';

/** A request to a route, and all that is to be in the answer. */
export interface Row {
  /** A function is asked just before the request, when what it signs is to be of then. */
  readonly args?: object | (() => Promise<object>);
  /** 200 unless told. */
  readonly status?: number;
  /** The whole JSON answer, or what holds of it; a refusal has its code alone held. */
  readonly answer?: object | ((body: never) => void);
  /** The standard has it in JSON alone: the library's SSZ has no numbers below zero. */
  readonly jsonOnly?: true;
  /** What a submission has brought about. */
  readonly after?: () => void;
}

/** Rows by the name that the library gives to a route. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

export const atHead = { execution_optimistic: false, finalized: false } as const;

export function json<T>(type: Type<T>, value: T): unknown {
  return type.toJson(value);
}

/** Asserts on a part of an answer's `data`. */
export function ofData<T>(hold: (data: T) => void) {
  return (body: { readonly data: T }) => {
    expect(Object.keys(body)).toContain('data');
    hold(body.data);
  };
}
