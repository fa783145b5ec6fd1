import { type Answer, known, unknown } from '../base/answer.ts';
import { boundBy } from '../base/bound-signal.ts';
import { reasonOf } from '../base/errors.ts';
import type { ReleasePage } from '../core/clients/artifact-choice.ts';
import { type ReleasePlace, versionOfTag } from '../core/clients/release-place.ts';
import { newestOfNpm } from './npm-newest.ts';
import type { AskRelease, PublishedRelease } from './published-release.ts';

const deadlineMs = 10_000;
/** A repository that was renamed leads to its new name first. */
const mostMoves = 2;
const mostLocation = 512;
const tagForm = /^[0-9A-Za-z][0-9A-Za-z._+-]{0,63}$/;

/**
 * The newest release of this place, or why nobody knows: an outage or an answer that cannot be read is never a
 * failure. Throws the signal's reason alone.
 */
export function newestRelease(place: ReleasePlace, ask: AskRelease): Promise<Answer<PublishedRelease>> {
  return place.kind === 'npm' ? newestOfNpm(place.package, ask) : newestOfPage(place, ask);
}

type Step = { readonly tag: string } | { readonly moved: string } | { readonly problem: string };

async function newestOfPage(
  { page, tag: pattern }: ReleasePage,
  ask: AskRelease,
): Promise<Answer<PublishedRelease>> {
  if (!URL.canParse(page)) return unknown('the address of its releases is malformed');
  const { host } = new URL(page);
  let at = new URL(page);
  for (let moves = 0; moves <= mostMoves; moves++) {
    const step = await askLatest(at, ask);
    if ('problem' in step) return unknown(`${host} ${step.problem}`);
    if ('tag' in step) {
      const version = versionOfTag(step.tag, pattern);
      if (version === undefined) return unknown(`${host} names the release ${step.tag}, which is no version`);
      return known({ version, tag: step.tag, address: `${at.origin}${at.pathname}/tag/${step.tag}` });
    }
    at = new URL(step.moved, at);
  }
  return unknown(`${host} redirects too often`);
}

/** One question. The answer's headers say it all: the page itself is never read. */
async function askLatest(page: URL, { http, signal }: AskRelease): Promise<Step> {
  const bound = boundBy(signal === undefined ? [] : [signal], deadlineMs);
  try {
    const request = { method: 'HEAD', redirects: 'none', signal: bound.signal } as const;
    const answer = await http.request({ ...request, url: `${page.href}/latest` });
    answer.discard();
    const location = answer.header('location');
    if (answer.status < 300 || answer.status > 399 || location === undefined)
      return { problem: `answered with status ${answer.status}` };
    return stepOf(page, location);
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    if (bound.signal.aborted) return { problem: `did not answer within ${deadlineMs / 1_000} s` };
    return { problem: `could not be asked: ${reasonOf(thrown)}` };
  } finally {
    bound.release();
  }
}

function stepOf(page: URL, location: string): Step {
  if (location.length > mostLocation || !URL.canParse(location, page.href))
    return { problem: 'redirects to an address that cannot be read' };
  const target = new URL(location, page);
  if (target.origin !== page.origin) return { problem: 'redirects to another host' };
  // GitHub leads from a repository without releases to its empty list.
  if (isSamePath(target.pathname, page.pathname)) return { problem: 'shows no release' };
  if (/\/releases\/latest$/.test(target.pathname))
    return { moved: target.pathname.slice(0, -'/latest'.length) };
  const tag = lastPart(target.pathname);
  const isTag = isSamePath(target.pathname.slice(0, -tag.length), `${page.pathname}/tag/`);
  const read = isTag ? decoded(tag) : undefined;
  return read !== undefined && tagForm.test(read)
    ? { tag: read }
    : { problem: 'redirects to what is no release' };
}

function isSamePath(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
