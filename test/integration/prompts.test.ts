import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeySet } from '../support/key-sets.ts';
import { missingProgram } from '../support/missing-program.ts';
import { ctrlC, enter, Terminal } from '../support/terminal.ts';

const program = join(import.meta.dirname, '../../dist/app/main.js');
const typed = 'typed-at-the-terminal';
const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const made: string[] = ['keys', 'new', '--mnemonic-file', 'M', '--kdf', 'pbkdf2'];

let ephemery: EphemeryProcess;
beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  await writeFile(join(ephemery.folder, 'M'), words, { mode: 0o600 });
  await writeFile(join(ephemery.folder, 'P'), typed, { mode: 0o600 });
  await mkdir(ephemery.home, { mode: 0o700 });
  await writeFile(join(ephemery.home, 'layout.json'), '{"version":1}\n');
});
afterAll(() => ephemery?.remove());

function terminal(...args: readonly string[]): Terminal {
  const env = { PATH: process.env.PATH, HOME: ephemery.folder, EPHEMERY_HOME: ephemery.home };
  return new Terminal([process.execPath, program, ...args], { cwd: ephemery.folder, env });
}

const there = (...parts: readonly string[]) => existsSync(join(ephemery.folder, ...parts));

describeIf(missingProgram('script'))('somebody at a terminal', () => {
  it('is asked twice for a new password, and it is never shown', async () => {
    const at = terminal(...made, '--out', 'typed');
    await at.shows('A password for the keystores');
    at.type(`short${enter}`);
    await at.shows('Use at least 8 characters');
    // What was typed stays in the line: it is completed.
    at.type(`-${typed}${enter}`);
    await at.shows('Once more');
    at.type(`another one${enter}`);
    await at.shows('It is not the same');
    at.type(`${'\u007f'.repeat(20)}short-${typed}${enter}`);
    expect(await at.ended).toBe(0);
    expect(at.screen).not.toContain(typed);
    await writeFile(join(ephemery.folder, 'P2'), `short-${typed}`, { mode: 0o600 });
    const opened = await ephemery.json('keys', 'import', 'typed', '--password-file', 'P2', '--dry-run');
    expect(opened).toMatchObject({ new: [{}], broken: [] });
  });

  it('is shown a new mnemonic once, and must type it', async () => {
    const at = terminal('keys', 'new', '--words', '12', '--kdf', 'pbkdf2', '--set', 'typed');
    await at.shows('Type them again');
    const phrase = /(?:[a-z]+ ){11}[a-z]+/.exec(at.screen)?.[0] ?? '';
    expect(phrase.split(' ')).toHaveLength(12);
    at.type(`wrong${enter}`);
    await at.shows('These are other words');
    expect(there('home', 'keys', 'typed', 'keystores')).toBe(false);
    const short = phrase.split(' ').map((word) => word.slice(0, 4));
    at.type(`${'\u007f'.repeat(10)}${short.join(' ')}${enter}`);
    expect(await at.ended).toBe(0);
    expect(at.screen.split(phrase)).toHaveLength(2);
    expect(at.screen).not.toContain(short.join(' '));
    expect(await readdir(join(ephemery.home, 'keys', 'typed', 'keystores'))).toHaveLength(1);
  });

  it('who presses Ctrl-C at any prompt has changed nothing', async () => {
    const before = await readdir(ephemery.folder, { recursive: true });
    const prompts = [
      [[...made, '--out', 'cut'], 'A password for the keystores'],
      [['keys', 'new', '--set', 'cut'], 'Type them again'],
      [['keys', 'import', 'typed', '--set', 'cut'], 'The password of the keystores'],
      [['keys', 'claim'], 'Is it certain'],
    ] as const;
    for (const [args, question] of prompts) {
      const at = terminal(...args);
      await at.shows(question);
      at.type(ctrlC);
      expect([args.join(' '), await at.ended]).toEqual([args.join(' '), 130]);
    }
    expect((await readdir(ephemery.folder, { recursive: true })).sort()).toEqual(before.sort());
  });

  it('is asked before a purge, and after a no nothing is stopped either', async () => {
    await mkdir(join(ephemery.home, 'logs'));
    for (const answer of [`n${enter}`, enter]) {
      const at = terminal('down', '--purge');
      await at.shows('Stop everything and remove these');
      at.type(answer);
      expect(await at.ended).toBe(1);
      expect(at.screen).toContain('Nothing was stopped or removed.');
    }
    expect(there('home', 'logs')).toBe(true);
  });

  it('is asked before a restore, and no is no', async () => {
    await writeKeySet(ephemery.home, 'main', [1]);
    await ephemery.json('keys', 'backup', '--folder', 'kept', '--passphrase-file', 'P');
    const restore = ['keys', 'restore', '--folder', 'kept', '--passphrase-file', 'P'];
    for (const [answer, code] of [
      [`n${enter}`, 1],
      [enter, 1],
      [ctrlC, 130],
    ] as const) {
      const at = terminal(...restore);
      await at.shows('Restore this? [y/N]');
      at.type(answer);
      expect(await at.ended).toBe(code);
      expect(there('home', 'backups', 'replaced')).toBe(false);
      expect(there('home', 'backups', 'restoring')).toBe(false);
    }
    const at = terminal(...restore);
    await at.shows('Restore this? [y/N]');
    at.type(`y${enter}`);
    expect(await at.ended).toBe(0);
    expect(there('home', 'backups', 'replaced')).toBe(true);
  });
});

describe('nobody at a terminal', () => {
  it('is told which option takes what would be asked', async () => {
    const told = [
      [['keys', 'new'], 'EPH-KEYS-SECRET-MISSING', '--mnemonic-file'],
      [['keys', 'claim'], 'EPH-CLI-CONFIRM', '--yes'],
      [['keys', 'restore', '--folder', 'kept', '--passphrase-file', 'P'], 'EPH-CLI-CONFIRM', '--yes'],
    ] as const;
    for (const [args, code, option] of told) {
      const { error, code: exit } = await ephemery.run(...args);
      expect(error).toContain(code);
      expect(error).toContain(option);
      expect(exit).toBe(2);
    }
  });
});
