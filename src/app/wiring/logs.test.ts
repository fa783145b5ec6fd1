import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { openFileLog } from './pino-log.ts';
import { stderrLog } from './stderr-log.ts';

const secret = new Secret('hunter2');

describe("the supervisor's log", () => {
  it('has a line a message with its fields, for our user alone, and never a secret', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ephemery-log-'));
    const file = join(folder, 'logs', 'supervisor.log');
    const log = await openFileLog(file, 'info');
    log.debug('not at this level');
    log.child({ node: 'home' }).warn('something', { secret, nested: { secret }, reason: `with ${secret}` });
    const text = await readFile(file, 'utf8');
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ msg: 'something', node: 'home', secret: '[secret]' });
    expect(text).not.toContain('hunter2');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(folder, { recursive: true });
  });
});

describe("a command's log", () => {
  it('says what is asked for, never a secret', () => {
    const lines: string[] = [];
    const log = stderrLog('warn', { write: (line) => lines.push(line) }, { command: 'up' });
    log.info('not at this level');
    log.child({ secret }).error('broken', { reason: `${secret}` });
    expect(lines).toEqual(['error: broken {"command":"up","secret":"[secret]","reason":"[secret]"}\n']);
  });
});
