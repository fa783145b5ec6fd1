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
