import { messageOf } from '../../base/errors.ts';

/** The HTTP status with which an engine refused something; undefined when it did not answer at all. */
export function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

/** What an engine said, in its own words, in one line. */
export function reasonOf(thrown: unknown): string {
  const said = typeof thrown === 'object' && thrown !== null && 'json' in thrown ? thrown.json : undefined;
  const text =
    typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : messageOf(thrown);
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** What an engine gives for something it has; undefined when it says that it does not have it. */
export async function unlessMissing<T>(asking: Promise<T>): Promise<T | undefined> {
  return asking.catch((thrown: unknown) => {
    if (statusOf(thrown) === 404) return undefined;
    throw thrown;
  });
}

/** More than one program may end in front of one question, such as for a list of containers. */
const looks = 5;
const endedMeanwhile = /\/proc\/\d+\/cgroup\b/;

/**
 * Asks again when a program ended while the engine was looking at its container: Podman before 4.4 refuses such
 * a question (containers/podman issue 16383), and knows the answer a moment later.
 */
export async function untilSettled<T>(asking: () => Promise<T>): Promise<T> {
  for (let look = 1; ; look++) {
    try {
      return await asking();
    } catch (thrown) {
      if (look === looks || statusOf(thrown) !== 500 || !endedMeanwhile.test(reasonOf(thrown))) throw thrown;
    }
  }
}
