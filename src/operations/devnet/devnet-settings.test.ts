import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDevnetSettings, requireSameSettings, writeDevnetSettings } from './devnet-file.ts';
import { devnetDefinition, newDevnetSettings } from './devnet-settings.ts';

const wishes = {
  name: 'devnet',
  seed: 'seed',
  nowMs: 1_800_000_000_500,
  ports: { releaser: 4001, api: 4002, rpc: 4003, engine: 4004, p2p: 4005 },
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devnet-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('settings of a devnet', () => {
  it('begin iteration 1 at once, with leads of a quarter of the period', () => {
    const settings = newDevnetSettings({ ...wishes, periodSeconds: 120 });
    const definition = devnetDefinition(settings);
    expect(settings.baseTimeSeconds + settings.periodSeconds).toBe(1_800_000_000);
    expect(definition).toMatchObject({ publishLeadSeconds: 30, prefetchLeadSeconds: 30 });
  });

  it.each([
    [{ slotSeconds: 0 }, 'slotSeconds'],
    [{ slotSeconds: 1.5 }, 'slotSeconds'],
    [{ slotSeconds: 13 }, 'slotSeconds'],
    [{ validators: 31 }, 'validators'],
    [{ periodSeconds: 18 }, 'periodSeconds'],
  ])('refuse %o and name what is allowed', (wish, setting) => {
    expect(() => newDevnetSettings({ ...wishes, ...wish })).toThrow(
      expect.objectContaining({
        code: 'EPH-DEVNET-SETTING-INVALID',
        facts: expect.objectContaining({ setting }),
      }),
    );
  });

  it.each([1, 12])('take slots of %i s', (slotSeconds) => {
    const settings = newDevnetSettings({ ...wishes, slotSeconds, periodSeconds: 600 });
    expect(settings).toMatchObject({ slotSeconds, periodSeconds: 600 });
  });

  it('are read back as they were written', async () => {
    const settings = newDevnetSettings(wishes);
    expect(await readDevnetSettings(folder)).toBeUndefined();
    await writeDevnetSettings(folder, settings);
    expect(await readDevnetSettings(folder)).toEqual(settings);
  });

  it.each(['{', '{}', '[]'])('are not guessed when the file holds %s', async (text) => {
    await writeFile(join(folder, 'devnet.json'), text);
    await expect(readDevnetSettings(folder)).rejects.toMatchObject({
      code: 'EPH-DEVNET-SETTINGS-UNREADABLE',
    });
    expect(await readFile(join(folder, 'devnet.json'), 'utf8')).toBe(text);
  });

  it('cannot be changed afterwards, and an option that says the same is no change', () => {
    const settings = newDevnetSettings({ ...wishes, slotSeconds: 2 });
    expect(() => requireSameSettings(settings, { slotSeconds: 2 })).not.toThrow();
    expect(() => requireSameSettings(settings, { slotSeconds: 1 })).toThrow(
      expect.objectContaining({ code: 'EPH-DEVNET-SETTINGS-DIFFER' }),
    );
  });
});
