import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostFindings } from '../../src/core/findings/host.ts';
import type { RootReport } from '../../src/operations/control/reports.ts';
import { doctorChecks } from '../../src/operations/doctor/doctor-checks.ts';
import { type DoctorCause, fileCauses, programCauses } from '../support/doctor-causes.ts';
import { DoctorHost, doctorOf } from '../support/doctor-host.ts';
import { peerCauses } from '../support/doctor-peer-causes.ts';
import { EphemeryHome, killIfThere, type RunningEphemery, type SeenEvent } from '../support/ephemery-home.ts';
import { takeLoopbackPort } from '../support/take-port.ts';

const causes: readonly DoctorCause[] = [...fileCauses, ...programCauses, ...peerCauses];
/** Told by the tests below that have a living supervisor, or another Node. */
const toldOtherwise = [
  'EPH-DEVNET-PORT-TAKEN',
  'EPH-HOST-LOCK-STALE',
  'EPH-HOST-NODE-UNSUPPORTED',
  'EPH-HOST-SUPERVISOR-SILENT',
  'EPH-HOST-UNSUPERVISED',
] as const;
/** Made outside the checks: by what could not be looked at, and by a configuration that cannot be used. */
const madeByTheDoctor = ['EPH-HOST-UNEXAMINED', 'EPH-HOST-CONFIG'] as const;

const ofThisNode = Number(process.versions.node.split('.')[0]) < 22 ? ['EPH-HOST-NODE-UNSUPPORTED'] : [];
const codesOf = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);

describe('every finding of the doctor', () => {
  it('has a cause in this file, and each check says which it makes', async () => {
    const declared = new Set<string>([...doctorChecks.flatMap(({ raises }) => raises), ...madeByTheDoctor]);
    expect([...causes.map(({ code }) => code), ...toldOtherwise].toSorted()).toEqual(
      [...declared].toSorted(),
    );
    // Findings of a host are made by nobody else.
    for (const code of Object.keys(hostFindings.specs)) expect(declared).toContain(code);
    for (const code of await codesInSource()) expect(declared).toContain(code);
  });

  /** Codes that are written down where the doctor's checks are. */
  async function codesInSource(): Promise<readonly string[]> {
    const folder = join(import.meta.dirname, '../../src/operations/doctor');
    const files = (await readdir(folder)).filter((name) => !name.endsWith('.test.ts'));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    return texts.flatMap((text) =>
      [...text.matchAll(/create\(\s*'(EPH-[A-Z-]+)'/g)].map(([, code]) => code ?? ''),
    );
  }
});

describe('the doctor of a host', () => {
  let host: DoctorHost;
  beforeAll(async () => {
    host = await DoctorHost.create();
  });
  afterEach(() => host.tidy());
  afterAll(() => host.home.close());

  const meant = async ({ code, layer }: DoctorCause) =>
    (await host.doctor()).filter(
      (found) => found.code === code && (layer === undefined || found.subject.layer === layer),
    );

  it('finds nothing where nothing is wrong', async () => {
    expect(codesOf(await host.doctor())).toEqual(ofThisNode);
  });

  it.for(causes)('finds $code when $what, and not otherwise', async (cause, context) => {
    const { lack } = cause;
    context.skip(lack !== undefined, `it cannot be brought about here: ${lack}`);
    const undo = await cause.bring(host);
    try {
      const words = (await meant(cause)).map(({ long }) => long);
      expect(words.join('\n')).toContain(cause.says(host));
    } finally {
      await undo();
    }
    expect(await meant(cause)).toEqual([]);
  });

  it('finds the rest too when two parts cannot be looked at', async () => {
    const noKeys = causes.find(({ code }) => code === 'EPH-HOST-UNEXAMINED');
    const undo = await noKeys?.bring(host);
    // A folder where a file should be: assembling the nodes fails by no error of ours.
    const ports = host.home.path('nodes/home/ports.json');
    await rm(ports, { force: true });
    await mkdir(ports, { recursive: true, mode: 0o700 });
    await chmod(host.home.root, 0o755);
    const found = await host.doctor();
    await chmod(host.home.root, 0o700);
    await rm(ports, { recursive: true });
    await undo?.();
    const unexamined = found.filter(({ code }) => code === 'EPH-HOST-UNEXAMINED');
    expect(unexamined.map(({ facts }) => facts.part).toSorted()).toEqual(['kept messages', 'nodes']);
    expect(codesOf(found)).toContain('EPH-HOST-ROOT-OPEN');
  });
});

const isPortTaken = (isSo: boolean) => (event: SeenEvent) =>
  event.type === 'devnet.finding' && event.holds === isSo;

describe('the doctor of a root whose supervisor', () => {
  let home: EphemeryHome;
  let life: RunningEphemery;
  beforeAll(async () => {
    home = await EphemeryHome.create();
    life = home.start(['up', '--network', 'devnet']);
    await life.event('life', ({ type }) => type === 'reset.completed');
  });
  afterAll(() => home.close());

  const ofSupervision = async () => {
    const kept: readonly string[] = toldOtherwise;
    return codesOf(await doctorOf(home)).filter((code) => kept.includes(code) && !ofThisNode.includes(code));
  };

  it('lives, is asked, and finds nothing', async () => {
    expect(await ofSupervision()).toEqual([]);
  });

  it('lives, says who has a port of the local network until it is free, and so does the supervisor', async () => {
    const { ports } = (await home.json('devnets', 'devnet', 'devnet.json')) as { ports: { rpc: number } };
    const [service] = (await home.processes()).filter(({ command }) => / devnet run /.test(command));
    const execution = (await home.clients('producer')).find(({ layer }) => layer === 'execution');
    if (service === undefined || execution === undefined) throw new Error('the network does not run');
    // Else it would have its port again before anybody could take it.
    process.kill(service.pid, 'SIGSTOP');
    killIfThere(execution.pid);
    const stranger = await vi.waitFor(() => takeLoopbackPort(ports.rpc), { timeout: 10_000 });
    process.kill(service.pid, 'SIGCONT');
    const facts = { network: 'devnet', name: 'rpc', port: ports.rpc };
    await life.event('the finding', isPortTaken(true));
    const { findings } = (await home.ask('status')) as RootReport;
    expect(findings).toMatchObject([{ code: 'EPH-DEVNET-PORT-TAKEN', facts }]);
    expect(await ofSupervision()).toEqual(['EPH-DEVNET-PORT-TAKEN']);
    await stranger.leave();
    await life.event('its end', isPortTaken(false));
    expect(await ofSupervision()).toEqual([]);
  });

  it('is stopped, says that it is silent', async () => {
    life.child.kill('SIGSTOP');
    try {
      expect(await ofSupervision()).toEqual(['EPH-HOST-SUPERVISOR-SILENT']);
    } finally {
      life.child.kill('SIGCONT');
    }
    expect(await ofSupervision()).toEqual([]);
  });

  it('was killed, says so, and which programs run on without it, until they are stopped', async () => {
    await life.stop('SIGKILL');
    expect((await ofSupervision()).toSorted()).toEqual(['EPH-HOST-LOCK-STALE', 'EPH-HOST-UNSUPERVISED']);
    await home.run('down');
    expect(await ofSupervision()).toEqual([]);
  });
});
