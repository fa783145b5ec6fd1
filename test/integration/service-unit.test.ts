import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serviceName, serviceUnit } from '../../src/operations/service/service-unit.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { missingProgram } from '../support/missing-program.ts';

let ephemery: EphemeryProcess;
beforeEach(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
});
afterEach(() => ephemery.remove());

describeIf(process.platform === 'linux' ? undefined : 'systemd is on Linux')('ephemery service', () => {
  it('prints the unit without changing anything', async () => {
    await writeFile(join(ephemery.folder, 'ephemery.yaml'), 'version: 1\nnodes: {}\n');
    const { code, out } = await ephemery.run('service', 'install', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain(join(ephemery.folder, '.config/systemd/user', serviceName));
    expect(out).toContain(`up --home ${ephemery.home} --config ${join(ephemery.folder, 'ephemery.yaml')}`);
    expect(out).toContain('KillMode=process');
  });

  it('has nothing to remove where nothing was installed', async () => {
    expect(await ephemery.json('service', 'status')).toMatchObject({ installed: false, ours: false });
    expect(await ephemery.json('service', 'uninstall')).toEqual({ removed: false });
  });

  it('leaves the service of another root alone', async () => {
    const folder = join(ephemery.folder, '.config/systemd/user');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, serviceName), '[Service]\nWorkingDirectory=/elsewhere\n');
    const { code, error } = await ephemery.run('service', 'uninstall');
    expect(code).toBe(2);
    expect(error).toContain('EPH-SERVICE-OTHER');
  });
});

describeIf(missingProgram('systemd-analyze'))('the unit of the service', () => {
  it.each(['user', 'system'] as const)('is one that systemd understands, for the %s', async (scope) => {
    const folder = await mkdtemp(join(tmpdir(), 'ephemery-unit-'));
    try {
      const host = {
        env: { PATH: '/usr/bin:/bin' },
        program: [process.execPath, '/opt/ephemery node/main.js'],
      };
      const file = join(folder, serviceName);
      await writeFile(file, serviceUnit({ host, root: tmpdir(), config: '/etc/my 100%.yaml', scope }));
      const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', file]);
      expect(stderr).not.toContain(serviceName);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
