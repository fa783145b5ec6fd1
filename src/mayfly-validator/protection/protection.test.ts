import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mayflyValidator } from '../../core/clients/validator/mayfly.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { Protection, protectionFile, protectionLog } from './protection.ts';

const network = `0x${'aa'.repeat(32)}`;
const key: PublicKey = `0x${'8a'.repeat(48)}`;
const other: PublicKey = `0x${'9b'.repeat(48)}`;
const root = (n: number) => `0x${n.toString(16).padStart(64, '0')}`;
const vote = (source: number, target: number, n = target) => ({ key, source, target, root: root(n) });

describe('slashing protection on the disk', () => {
  let folder: string;
  let open: Protection[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'protection-'));
    open = [];
  });
  afterEach(async () => {
    for (const protection of open) await protection.close();
    await rm(folder, { recursive: true, force: true });
  });
  const start = async () => {
    const protection = await Protection.open(folder, network);
    open.push(protection);
    return protection;
  };
  const logOf = (protection: Protection) =>
    (protection as unknown as { log: { close(): Promise<void> } }).log;
  /** As a kill leaves it: nothing is folded or flushed once more, the files are as they are. */
  const kill = async () => {
    for (const protection of open) await logOf(protection).close();
    open = [];
  };
  /** As the supervisor reads it while the client runs. */
  const marksNow = async () => {
    const { files, read } = mayflyValidator.signedMarks ?? { files: [], read: () => undefined };
    return read(await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8'))));
  };
  const restart = async () => {
    await kill();
    return start();
  };

  it('is readable from outside while it is written, before and after the log is folded in', async () => {
    const protection = await start();
    expect(await marksNow()).toEqual(new Map());
    await protection.claimAttestations([vote(1, 2), { ...vote(0, 5), key: other }]);
    await protection.claimBlock({ key, slot: 17, root: root(9) });
    const marks = new Map([
      [key, { block: 17, attestation: 2 }],
      [other, { attestation: 5 }],
    ]);
    expect(await marksNow()).toEqual(marks);
    await protection.export();
    expect(await readFile(join(folder, protectionLog), 'utf8')).toBe('');
    expect(await marksNow()).toEqual(marks);
    // What is not whole accuses nobody.
    await writeFile(join(folder, protectionLog), 'a who knows\n');
    expect(await marksNow()).toBeUndefined();
  });

  it('lets a message be signed again, and nothing beside or below it', async () => {
    const protection = await start();
    expect(await protection.claimBlock({ key, slot: 5, root: root(1) })).toBeUndefined();
    expect(await protection.claimBlock({ key, slot: 5, root: root(1) })).toBeUndefined();
    expect(await protection.claimBlock({ key, slot: 5, root: root(2) })).toContain('another block of slot 5');
    expect(await protection.claimBlock({ key, slot: 4, root: root(3) })).toContain('slot 5');
    expect(await protection.claimBlock({ key: other, slot: 4, root: root(3) })).toBeUndefined();
    const answers = await protection.claimAttestations([
      vote(2, 3),
      vote(2, 3),
      vote(2, 3, 99),
      vote(1, 4),
      vote(3, 2),
      vote(2, 4),
    ]);
    expect(answers.map((refused) => refused === undefined)).toEqual([true, true, false, false, false, true]);
  });

  it('remembers over a kill what it let pass', async () => {
    const before = await start();
    await before.claimBlock({ key, slot: 5, root: root(1) });
    await before.claimAttestations([vote(2, 3)]);
    const after = await restart();
    expect(await after.claimBlock({ key, slot: 5, root: root(2) })).toBeDefined();
    expect(await after.claimAttestations([vote(2, 3, 99), vote(2, 3)])).toEqual([
      expect.stringContaining('target 3'),
      undefined,
    ]);
  });

  it('never lets two conflicting votes pass, whatever is asked, with kills in between', async () => {
    const step = fc.record({
      source: fc.nat(6),
      target: fc.nat(6),
      n: fc.nat(1),
      kill: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await rm(join(folder, protectionFile), { force: true });
        await rm(join(folder, protectionLog), { force: true });
        let protection = await restart();
        const passed: { source: number; target: number; root: string }[] = [];
        for (const { source, target, n, kill } of steps) {
          if (kill) protection = await restart();
          const claim = vote(source, target, n);
          const [refused] = await protection.claimAttestations([claim]);
          if (refused !== undefined) continue;
          for (const earlier of passed) {
            const isSame =
              earlier.root === claim.root && earlier.source === source && earlier.target === target;
            const isDouble = earlier.target === target && !isSame;
            const surrounds = earlier.source < source && target < earlier.target;
            const isSurrounded = source < earlier.source && earlier.target < target;
            expect(isDouble || surrounds || isSurrounded).toBe(false);
          }
          passed.push(claim);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('overlooks a torn end, which nothing was signed for, and refuses damage before it', async () => {
    const before = await start();
    await before.claimBlock({ key, slot: 5, root: root(1) });
    await before.claimBlock({ key, slot: 6, root: root(1) });
    const log = join(folder, protectionLog);
    const whole = await readFile(log, 'utf8');
    await truncate(log, whole.length - 3);
    expect(await (await restart()).claimBlock({ key, slot: 5, root: root(2) })).toBeDefined();
    await writeFile(log, `x${whole.slice(1)}`);
    await expect(Protection.open(folder, network)).rejects.toMatchObject({
      code: 'EPH-MAYFLY-VALIDATOR-PROTECTION',
    });
  });

  it.each([
    ['cut', async (path: string) => truncate(path, 20)],
    ['empty', async (path: string) => truncate(path, 0)],
    ['something else', async (path: string) => writeFile(path, '{"data":[]}')],
  ])('never begins anew when its file is %s', async (_, damage) => {
    const before = await start();
    await before.claimBlock({ key, slot: 5, root: root(1) });
    await damage(join(folder, protectionFile));
    await expect(Protection.open(folder, network)).rejects.toMatchObject({
      code: 'EPH-INTERCHANGE-INVALID',
    });
  });

  it('never begins anew when its file is gone and the log is there', async () => {
    const before = await start();
    await before.claimBlock({ key, slot: 5, root: root(1) });
    await rm(join(folder, protectionFile));
    await expect(Protection.open(folder, network)).rejects.toMatchObject({
      code: 'EPH-MAYFLY-VALIDATOR-PROTECTION',
    });
  });

  it('is of one network, and takes in no history of another', async () => {
    const protection = await start();
    await expect(Protection.open(folder, root(1))).rejects.toMatchObject({
      code: 'EPH-INTERCHANGE-OTHER-NETWORK',
    });
    const history = await protection.export();
    await expect(protection.merge(history.replaceAll('aa', 'bb'), 'theirs')).rejects.toMatchObject({
      code: 'EPH-INTERCHANGE-OTHER-NETWORK',
      facts: { file: 'theirs' },
    });
  });

  it('hands its history on whole, and takes in that of an earlier signer', async () => {
    const first = await start();
    await first.claimBlock({ key, slot: 5, root: root(1) });
    await first.claimAttestations([vote(2, 3), vote(3, 4)]);
    await first.claimBlock({ key: other, slot: 7, root: root(2) });
    const history = await first.export(new Set([key]));
    expect(JSON.parse(history)).toEqual({
      metadata: { interchange_format_version: '5', genesis_validators_root: network },
      data: [
        {
          pubkey: key,
          signed_blocks: [{ slot: '5', signing_root: root(1) }],
          signed_attestations: [{ source_epoch: '3', target_epoch: '4', signing_root: root(4) }],
        },
      ],
    });
    const elsewhere = await mkdtemp(join(tmpdir(), 'protection-'));
    const second = await Protection.open(elsewhere, network);
    await second.claimAttestations([vote(1, 9)]);
    await second.merge(history, 'theirs');
    expect(await second.claimBlock({ key, slot: 5, root: root(9) })).toBeDefined();
    expect(await second.claimAttestations([vote(2, 10), vote(3, 10)])).toEqual([
      expect.stringContaining('source 3'),
      undefined,
    ]);
    await second.close();
    await rm(elsewhere, { recursive: true });
  });

  it('lets nothing pass that the disk did not take', async () => {
    const protection = await start();
    await protection.claimBlock({ key, slot: 5, root: root(1) });
    await kill();
    await expect(protection.claimBlock({ key, slot: 6, root: root(1) })).rejects.toThrow();
  });
});
