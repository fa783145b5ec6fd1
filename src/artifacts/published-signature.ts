import { isEphemeryError, messageOf } from '../base/errors.ts';
import type { HttpClient } from '../base/http.ts';
import { displayUrl } from '../base/http-url.ts';
import { isSignedBy, readDetachedSignature } from '../base/openpgp/detached-signature.ts';
import { OpenPgpRefusal } from '../base/openpgp/packet.ts';
import { publicKeyOf } from '../base/openpgp/public-key.ts';
import { readSmall } from '../base/read-small.ts';
import type { PublishedSignature } from '../core/clients/artifact-choice.ts';
import { artifactErrors } from './errors.ts';

const unreached: ReadonlySet<string> = new Set(['EPH-HTTP-UNREACHABLE', 'EPH-HTTP-TIMEOUT', 'EPH-HTTP-BODY']);

/** Throws EPH-ARTIFACT-SIGNATURE for a file that is not what was signed. */
export type FileCheck = (file: string) => Promise<void>;

/**
 * Fetches the publisher's signature, which then tells whether a file is the one. Throws EPH-ARTIFACT-FETCH when the
 * publisher cannot be reached, and EPH-ARTIFACT-SIGNATURE when there is none to read, or another key made it: nothing is
 * fetched then.
 */
export async function publishedSignature(
  http: HttpClient,
  { url, key }: PublishedSignature,
  signal?: AbortSignal,
): Promise<FileCheck> {
  const refuse = (problem: string, cause?: unknown) =>
    artifactErrors.create('EPH-ARTIFACT-SIGNATURE', { url, problem }, cause);
  const found = await readSmall(http, url, signal).catch((thrown: unknown) => {
    if (signal?.aborted) throw signal.reason;
    if (!isEphemeryError(thrown) || !unreached.has(thrown.code)) throw refuse(messageOf(thrown), thrown);
    // Nobody said anything of the file: no reason to suspect it.
    const facts = { origin: displayUrl(url), problem: messageOf(thrown) };
    throw artifactErrors.create('EPH-ARTIFACT-FETCH', facts, thrown);
  });
  if ('status' in found) throw refuse(`it answered with status ${found.status}`);
  if ('problem' in found) throw refuse(found.problem);
  try {
    const signature = readDetachedSignature(found.text);
    const publisher = publicKeyOf(key.packet);
    if (signature.issuer !== undefined && !publisher.fingerprint.endsWith(signature.issuer))
      throw new OpenPgpRefusal(`it is by the key ${signature.issuer}, and not by ${publisher.fingerprint}`);
    return async (file) => {
      if (!(await isSignedBy(file, signature, publisher)))
        throw refuse(`it is not the signature of ${publisher.fingerprint} over this file`);
    };
  } catch (thrown) {
    if (thrown instanceof OpenPgpRefusal) throw refuse(thrown.message, thrown);
    throw thrown;
  }
}
