import { httpErrors } from './http-errors.ts';

/** An address as messages may show it: without credentials, query and fragment. */
export function displayUrl(url: string | URL): string {
  if (!URL.canParse(String(url))) return '(malformed address)';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** An address of a service as it is shown: as in messages, and without a slash at its end. */
export function shownUrl(url: string): string {
  return displayUrl(url).replace(/\/$/, '');
}

/** Parses an address that may be asked. Throws EPH-HTTP-URL for anything but http and https. */
export function parseHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined)
    throw httpErrors.create('EPH-HTTP-URL', { url: displayUrl(text), problem: 'malformed' });
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw httpErrors.create('EPH-HTTP-URL', { url: displayUrl(url), problem: `${url.protocol} is not http` });
}

/**
 * Where a redirect leads. Credentials in the address stay with their own origin; https never becomes http.
 * Throws EPH-HTTP-REDIRECT.
 */
export function redirectTarget(from: URL, location: string | undefined): URL {
  const refuse = (problem: string) =>
    httpErrors.create('EPH-HTTP-REDIRECT', { url: displayUrl(from), problem });
  if (location === undefined || !URL.canParse(location, from.href)) throw refuse('it names no target');
  const target = new URL(location, from);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') throw refuse(`to ${target.protocol}`);
  if (from.protocol === 'https:' && target.protocol === 'http:') throw refuse('from https to http');
  return target;
}
