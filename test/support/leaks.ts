import { readFile } from 'node:fs/promises';
import type { EphemeryProcess } from './ephemery-process.ts';

/** A secret as it is, and as it would be told by somebody who encodes what he tells. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const raw = /^[0-9a-f]{64}$/.test(secret) ? [Buffer.from(secret, 'hex').toString('base64')] : [];
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    encodeURIComponent(secret),
    ...raw,
  ];
}

/** The names of the secrets that a text tells, in whatever form. */
export function secretsIn(text: string, secrets: Readonly<Record<string, string>>): readonly string[] {
  const lower = text.toLowerCase();
  return Object.entries(secrets).flatMap(([name, secret]) =>
    secret !== '' && formsOf(secret).some((form) => lower.includes(form.toLowerCase())) ? [name] : [],
  );
}

/** What anybody on the host can see of a program and its children while it runs. */
async function seenOf(pid: number): Promise<string> {
  const read = (path: string) => readFile(`/proc/${path}`, 'latin1').catch(() => '');
  const children = (await read(`${pid}/task/${pid}/children`))
    .split(' ')
    .filter((child) => child.trim() !== '');
  const parts = [read(`${pid}/cmdline`), read(`${pid}/environ`)];
  for (const child of children) parts.push(read(`${child}/cmdline`), read(`${child}/environ`));
  return (await Promise.all(parts)).join('\n');
}

/** Runs a command to its end, watched from outside. One that does not end by itself is told to after `endAfterMs`. */
export async function runSeen(ephemery: EphemeryProcess, args: readonly string[], endAfterMs?: number) {
  const { child, ended } = ephemery.start(...args);
  child.stdin?.end();
  const timer = endAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), endAfterMs);
  let isOver = false;
  const end = ended.finally(() => {
    isOver = true;
    clearTimeout(timer);
  });
  let seen = '';
  while (!isOver) {
    seen += await seenOf(child.pid ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { out, error, code } = await end;
  return { said: out + error, seen, code };
}
