import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publicKeyBytes } from '../../core/keys/public-key.ts';
import { blsCredentials } from '../../core/keys/withdrawal-credentials.ts';
import { doJob } from './do-job.ts';
import type { DeriveJob, SealJob } from './job.ts';
import { doJobs, KeyWorkers, threadsFor } from './key-workers.ts';

const seed = new Uint8Array(64).fill(9);
const never = new AbortController().signal;
const deriveJob = (indices: readonly number[]): DeriveJob => ({ kind: 'derive', seed, indices });
const [first] = doJob(deriveJob([0]));
if (first === undefined) throw new Error('a key was asked for');

function sealJob(changes: Partial<SealJob> = {}): SealJob {
  const { secretKey, pubkey } = first ?? { secretKey: new Uint8Array(), pubkey: '0x' as const };
  return {
    kind: 'seal',
    secretKey,
    pubkey,
    path: 'm/12381/3600/0/0/0',
    password: 'open',
    derivation: { function: 'pbkdf2', iterations: 2 },
    salt: new Uint8Array(randomBytes(32)),
    iv: new Uint8Array(randomBytes(16)),
    uuid: 'u',
    ...changes,
  };
}

describe('worker threads', () => {
  it('derive what this thread derives, in order, and tell how far they are', async () => {
    const told: number[] = [];
    const jobs = [deriveJob([0, 1]), deriveJob([2]), deriveJob([3])];
    const answers = await doJobs(jobs, { signal: never, onDone: (done) => told.push(done) });
    expect(answers).toEqual(jobs.map((job) => doJob(job)));
    expect(told).toEqual([1, 2, 3]);
  });

  it('end at once, with the reason, when they are told to', async () => {
    const stop = new AbortController();
    const slow = sealJob({ derivation: { function: 'scrypt', n: 262_144, r: 8, p: 1 } });
    const sealing = doJobs(
      Array.from({ length: 50 }, () => slow),
      { signal: stop.signal, onDone: () => stop.abort('enough') },
    );
    await expect(sealing).rejects.toBe('enough');
    await expect(doJobs([slow], { signal: stop.signal })).rejects.toBe('enough');
  });

  it('do not go on after a failure', async () => {
    const failing = sealJob({ derivation: { function: 'scrypt', n: 3, r: 8, p: 1 } });
    await expect(doJobs([failing, sealJob()], { signal: never })).rejects.toThrow(/scrypt|Invalid/i);
  });

  it('reject what is left when they are closed', async () => {
    const workers = new KeyWorkers(1);
    const left = [workers.run(deriveJob([0])), workers.run(deriveJob([1]))];
    const settled = Promise.allSettled(left);
    await workers.close('closed');
    expect((await settled).every((each) => each.status === 'rejected' && each.reason === 'closed')).toBe(
      true,
    );
  });

  it('are never more than there are jobs, and at least one', () => {
    expect(threadsFor(1)).toBe(1);
    expect(threadsFor(0)).toBe(1);
  });
});

describe('a proof', () => {
  const keystore = doJob(sealJob());

  it('finds the password and the key', () => {
    const proof = doJob({ kind: 'prove', file: 'k', keystore, passwords: ['no', 'open'] });
    expect(proof).toEqual({
      outcome: 'proven',
      password: 'open',
      keys: [{ pubkey: first.pubkey, secretKey: first.secretKey }],
    });
  });

  it.each([
    ['no password that fits', keystore, ['no'], { outcome: 'wrong-password' }],
    ['no password', keystore, [], { outcome: 'wrong-password' }],
    ['no keystore', '{}', ['open'], { outcome: 'broken', problem: 'it is no keystore of version 4' }],
    [
      'the key of another',
      doJob(sealJob({ pubkey: `0xa${'1'.repeat(95)}` })),
      ['open'],
      { outcome: 'broken', problem: 'its secret key belongs to another public key than it says' },
    ],
    [
      'what is no secret key',
      doJob(sealJob({ secretKey: new Uint8Array(32) })),
      ['open'],
      { outcome: 'broken', problem: 'what it holds is no secret key' },
    ],
  ])('fails for %s', (_what, text, passwords, proof) => {
    expect(doJob({ kind: 'prove', file: 'k', keystore: text, passwords })).toEqual(proof);
  });
});

describe('deposits', () => {
  const terms = {
    credentials: '0x00',
    amountGwei: 32_000_000_000,
    genesisForkVersion: new Uint8Array(4),
  } as const;
  const signer = { secretKey: first.secretKey, withdrawalPubkey: first.withdrawalPubkey };

  it('are signed so that they hold, for that network alone', () => {
    const [deposit] = doJob({ kind: 'sign-deposit', signers: [signer], terms });
    if (deposit === undefined) throw new Error('one was asked for');
    expect(deposit.withdrawalCredentials).toEqual(blsCredentials(publicKeyBytes(first.withdrawalPubkey)));
    const checked = doJob({
      kind: 'check-deposit',
      deposits: [
        { ...deposit, genesisForkVersion: new Uint8Array(4) },
        { ...deposit, genesisForkVersion: new Uint8Array(4).fill(1) },
        { ...deposit, amountGwei: 1, genesisForkVersion: new Uint8Array(4) },
      ],
    });
    expect(checked).toEqual([true, false, false]);
  });

  it('need something to make credentials of', () => {
    const job = {
      kind: 'sign-deposit',
      signers: [signer],
      terms: { ...terms, credentials: '0x01' },
    } as const;
    expect(() => doJob(job)).toThrow(/nothing to make/);
  });
});
