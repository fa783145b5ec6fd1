/**
 * What somebody else said, or that nobody knows. Rule 1 of the domain, as a type: an outage, an empty
 * reply or a rate limit is `unknown`, and code that wants to act on a difference must first hold a value.
 */
export type Answer<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly reason: string };

export function known<T>(value: T): Answer<T> {
  return { known: true, value };
}

export function unknown(reason: string): Answer<never> {
  return { known: false, reason };
}
