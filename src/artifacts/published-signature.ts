import type { HttpClient } from '../base/http.ts';
import { isSignedBy, readDetachedSignature } from '../base/openpgp/detached-signature.ts';
import { OpenPgpRefusal } from '../base/openpgp/packet.ts';
import { publicKeyOf } from '../base/openpgp/public-key.ts';
import type { PublishedSignature } from '../core/clients/artifact-choice.ts';
import { artifactErrors } from './errors.ts';
import { readPublished } from './read-published.ts';

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
  const text = await readPublished(http, { url, signal, refuse });
  try {
    const signature = readDetachedSignature(text);
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
