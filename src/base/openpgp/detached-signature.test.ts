import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armored, gpgSignatures, publisher, signedContent } from '../../../test/support/gpg-signatures.ts';
import { rsaPublisher, rsaSignatures, shortRsaPacket } from '../../../test/support/rsa-signatures.ts';
import { isSignedBy, readDetachedSignature } from './detached-signature.ts';
import { OpenPgpRefusal } from './packet.ts';
import { publicKeyOf } from './public-key.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-openpgp-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function holds(text: string, content: string, { packet } = publisher): Promise<boolean> {
  const file = join(folder, 'file');
  await writeFile(file, content);
  return isSignedBy(file, readDetachedSignature(text), publicKeyOf(packet));
}

/** What a signature is taken for with each of its bytes changed in turn, except those that vouch for nothing. */
async function acceptedWithAnother(base64: string, uncovered: readonly number[], key = publisher) {
  const bytes = Buffer.from(base64, 'base64');
  const accepted: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    if (uncovered.includes(at)) continue;
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ 0x04;
    const text = armored(altered.toString('base64'));
    const answer = await holds(text, signedContent, key).catch((thrown: unknown) => thrown);
    if (answer !== false && !(answer instanceof OpenPgpRefusal)) accepted.push(at);
  }
  return accepted;
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
    // The key's id, the hint of the digest and the bits that an integer uses are not covered.
    const id = Array.from({ length: 16 }, (_, at) => 37 + at);
    expect(await acceptedWithAnother(gpgSignatures.sha256, [...id, 85, 86])).toEqual([]);
  });
});

describe('a signature by an RSA key', () => {
  it.each([
    ['go', 'sha256', rsaPublisher.fingerprint.slice(-16)],
    ['goCrypto', 'sha256', rsaPublisher.fingerprint],
    ['gpg', 'sha512', rsaPublisher.fingerprint],
  ] as const)('that %s made is that of its key over its file alone', async (maker, hash, issuer) => {
    const text = armored(rsaSignatures[maker]);
    expect(readDetachedSignature(text)).toMatchObject({ hash, issuer });
    expect(await holds(text, signedContent, rsaPublisher)).toBe(true);
    expect(await holds(text, 'the Archive\n', rsaPublisher)).toBe(false);
  });

  it('is none by a key of another kind', async () => {
    expect(await holds(armored(rsaSignatures.gpg), signedContent)).toBe(false);
    expect(await holds(armored(gpgSignatures.sha256), signedContent, rsaPublisher)).toBe(false);
  });

  it('is not ours any more when any of its bytes is another', async () => {
    // The hint of the digest and the last bits that its integer uses are not covered.
    expect(await acceptedWithAnother(rsaSignatures.go, [27, 28, 30], rsaPublisher)).toEqual([]);
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
    ['one by a DSA key', of(bytes.subarray(0, 4), [17], bytes.subarray(5)), /algorithm 17 and hash 8/],
    ['one over a SHA-1', of(bytes.subarray(0, 5), [2], bytes.subarray(6)), /algorithm 22 and hash 2/],
    ['half of one', of([0x88, 0x53], bytes.subarray(2, 85)), /more or less than one/],
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
  it.each([publisher, rsaPublisher])('has the fingerprint that GnuPG shows', ({ packet, fingerprint }) => {
    expect(publicKeyOf(packet).fingerprint).toBe(fingerprint);
  });

  const altered = (packet: string, at: number, byte: number) => {
    const body = Buffer.from(packet, 'base64');
    body[at] = byte;
    return body.toString('base64');
  };
  const cut = (packet: string) => Buffer.from(packet, 'base64').subarray(0, -1).toString('base64');

  it.each<[string, string]>([
    ['nothing', ''],
    ['an Ed25519 key that is cut short', cut(publisher.packet)],
    ['an Ed25519 key that says it is an RSA key', altered(publisher.packet, 5, 1)],
    ['an RSA key that is cut short', cut(rsaPublisher.packet)],
    ['an RSA key of version 3', altered(rsaPublisher.packet, 0, 3)],
    ['an RSA key with another exponent', altered(rsaPublisher.packet, 524, 3)],
    ['an RSA key of 2048 bits', shortRsaPacket],
  ])('is refused when it is %s', (_, packet) => {
    expect(() => publicKeyOf(packet)).toThrow(OpenPgpRefusal);
  });
});
