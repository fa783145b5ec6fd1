import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openFileLog } from './pino-log.ts';

const fullDisk = '/dev/full';

it('does not throw a full disk at whoever logs', async (context) => {
  context.skip(!existsSync(fullDisk), `there is no ${fullDisk} here`);
  const log = await openFileLog(fullDisk, 'info');
  for (let line = 0; line < 3; line += 1) expect(() => log.info('event', { line })).not.toThrow();
});
