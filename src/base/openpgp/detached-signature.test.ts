import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armored, gpgSignatures, publisher, signedContent } from '../../../test/support/gpg-signatures.ts';
import { isSignedBy, readDetachedSignature } from './detached-signature.ts';
import { OpenPgpRefusal } from './packet.ts';
import { publicKeyOf } from './public-key.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-openpgp-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function holds(text: string, content: string): Promise<boolean> {
  const file = join(folder, 'file');
  await writeFile(file, content);
  return isSignedBy(file, readDetachedSignature(text), publicKeyOf(publisher.packet));
}

describe('a signature that GnuPG made', () => {
  it.each(['sha256', 'sha512'] as const)('with %s is that of its key over its file alone', async (hash) => {
    const text = armored(gpgSignatures[hash]);
    expect(readDetachedSignature(text)).toMatchObject({ hash, issuer: publisher.fingerprint });
    expect(await holds(text, signedContent)).toBe(true);
    expect(await holds(text, 'the Archive\n')).toBe(false);
    expect(await holds(text, '')).toBe(false);
  });

  it('is read with headers, a checksum and the line ends of Windows', async () => {
    const [first, ...rest] = armored(gpgSignatures.sha256).split('\n');
    const checksum = rest.toSpliced(-2, 0, '=q5TC');
    expect(await holds([first, 'Version: GnuPG v2', ...checksum].join('\r\n'), signedContent)).toBe(true);
  });

  it('of another key is none of ours, whatever it says of itself', async () => {
    const text = armored(gpgSignatures.other);
    expect(readDetachedSignature(text).issuer).toBe('FF6AE3B0D6CF383F34C858D677E9B3F81342A041');
    expect(await holds(text, signedContent)).toBe(false);
  });

  it('is not ours any more when any of its bytes is another', async () => {
    const bytes = Buffer.from(gpgSignatures.sha256, 'base64');
    const { length } = bytes;
    for (let at = 0; at < length; at += 1) {
      // The key's id, the hint of the digest and the bits that an integer uses are not covered: they vouch for nothing.
      if ((at >= 37 && at < 53) || [85, 86].includes(at)) continue;
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 0x04;
      const text = armored(altered.toString('base64'));
      const answer = await holds(text, signedContent).catch((thrown: unknown) => thrown);
      expect(answer === false || answer instanceof OpenPgpRefusal, `byte ${at}: ${answer}`).toBe(true);
    }
  });
});

describe('what is refused', () => {
  const bytes = Buffer.from(gpgSignatures.sha256, 'base64');
  const of = (...parts: (Buffer | number[])[]) =>
    armored(Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64'));

  it.each<[string, string, RegExp]>([
    ['text that is no armor', 'Not Found', /no armored signature/],
    ['a message', armored(gpgSignatures.sha256).replaceAll('SIGNATURE', 'MESSAGE'), /no armored signature/],
    ['a signature over text', armored(gpgSignatures.text), /not over a file/],
    ['one by an RSA key', armored(gpgSignatures.rsa), /algorithm 1 and hash 10/],
    ['two of them', of(bytes, bytes), /more or less than one/],
    ['one that is cut short', of(bytes.subarray(0, -1)), /more or less than one/],
    ['a key', of([0x98, 0x01, 0x04]), /something else/],
    ['bytes that are no packet', of([0x08, 0x00]), /no packet/],
    ['one of version 6', of([0x88, 0x02, 0x06, 0x00]), /version 6/],
    ['a condition that we do not know', of(bytes.subarray(0, 32), [0x85], bytes.subarray(33)), /condition/],
  ])('%s', (_, text, problem) => {
    expect(() => readDetachedSignature(text)).toThrow(OpenPgpRefusal);
    expect(() => readDetachedSignature(text)).toThrow(problem);
  });
});

describe('a key', () => {
  it('has the fingerprint that GnuPG shows', () => {
    expect(publicKeyOf(publisher.packet).fingerprint).toBe(publisher.fingerprint);
  });

  it('of another kind, or cut short, is refused', () => {
    const body = Buffer.from(publisher.packet, 'base64');
    const rsa = Buffer.from(body);
    rsa[5] = 1;
    for (const wrong of [rsa, body.subarray(0, -1), Buffer.alloc(0)])
      expect(() => publicKeyOf(wrong.toString('base64'))).toThrow(OpenPgpRefusal);
  });
});
