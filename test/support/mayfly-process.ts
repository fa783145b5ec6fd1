import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const program = fileURLToPath(new URL('../../dist/app/mayfly.js', import.meta.url));
const validatorProgram = fileURLToPath(new URL('../../dist/app/mayfly-validator.js', import.meta.url));

export interface MayflyProcess {
  readonly url: string;
  readonly child: ChildProcess;
  get(path: string): Promise<unknown>;
  /** Sends the signal and resolves with the exit code once it is gone. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the built mayfly program in a folder and waits until its API answers. */
export async function startMayfly(
  directory: string,
  args: readonly string[],
  wantedPort?: number,
): Promise<MayflyProcess> {
  await mkdir(directory, { recursive: true });
  const port = wantedPort ?? (await freePort());
  const log = await open(join(directory, 'mayfly.log'), 'a');
  const child = spawn(
    process.execPath,
    [program, `--data-dir=${join(directory, 'data')}`, `--api-port=${port}`, '--log-level=debug', ...args],
    { stdio: ['ignore', log.fd, log.fd] },
  );
  await log.close();
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`mayfly exited with ${child.exitCode}: see ${directory}`);
    return (await fetch(`${url}/eth/v1/node/version`).catch(() => undefined))?.ok === true;
  });
  return { url, child, get: (path) => getData(`${url}${path}`), stop: (signal) => stopped(child, signal) };
}

export interface ValidatorProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it has printed. */
  log(): Promise<string>;
  /** Resolves with the exit code once it is gone. */
  readonly ended: Promise<number | null>;
}

/** Starts the built mayfly-validator program with its data in a folder. */
export async function startMayflyValidator(
  directory: string,
  args: readonly string[],
): Promise<ValidatorProcess> {
  await mkdir(directory, { recursive: true });
  const port = await freePort();
  const path = join(directory, 'validator.log');
  const log = await open(path, 'a');
  const child = spawn(
    process.execPath,
    [validatorProgram, `--data-dir=${join(directory, 'data')}`, `--api-port=${port}`, ...args],
    { stdio: ['ignore', log.fd, log.fd] },
  );
  await log.close();
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    log: () => readFile(path, 'utf8'),
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
  };
}

/** Asks until it is so; at most for a minute. */
export async function until(condition: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${timeoutMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function getData(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const body = (await response.json()) as { data?: unknown; message?: string };
  if (!response.ok) throw new Error(`${url}: ${response.status} ${body.message}`);
  return body.data;
}

function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
