import type { Facts } from '../../src/base/errors.ts';

/**
 * Facts that print as their own names in braces, so that a message made for `{ path: '/a' }` documents itself:
 * "{path} cannot be read".
 */
const placeholderFacts: Facts = new Proxy<Record<string, unknown>>(
  {},
  { get: (_, name) => (typeof name === 'string' ? placeholder(`{${name}}`) : undefined) },
);

/** The text that a message function makes of them; undefined where it reckons with them, as with a number. */
export function documentedText(message: (facts: never) => string): string | undefined {
  try {
    const text = message(placeholderFacts as never);
    return /NaN|undefined|\[object|^\{\w+\}$/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Stands for a text, a number or a list: whatever is asked of it, it stays its own name. */
function placeholder(text: string): unknown {
  const answer = () => placeholder(text);
  return new Proxy(answer, {
    get(_, name) {
      if (name === Symbol.toPrimitive || name === 'toString') return () => text;
      if (name === Symbol.iterator) return () => [placeholder(text)][Symbol.iterator]();
      if (name === 'length') return 2;
      return placeholder(text);
    },
  });
}
