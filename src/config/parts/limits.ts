import { z } from 'zod';
import { form } from './forms.ts';

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** An amount of memory as people write it; bytes once parsed. Units are powers of 1024, as engines take them. */
const memory = z
  .string()
  .transform((text, context) => {
    const [, amount, unit = ''] = /^(\d+(?:\.\d+)?) ?([KMGT])(?:i?B)?$/.exec(text) ?? [];
    if (amount !== undefined) return Math.round(Number(amount) * (units[unit] ?? 1));
    context.addIssue({ code: 'custom', message: 'must be an amount of memory: 512M, 8G, 1.5GiB' });
    return z.NEVER;
  })
  .meta(form('amount of memory, e.g. 8G'));

/** As `memory` takes it, and exactly. */
export function writtenMemory(bytes: number): string {
  const [unit, size] = Object.entries(units).findLast(([, each]) => bytes % each === 0) ?? ['K', 2 ** 10];
  return `${bytes / size}${unit}`;
}

/** What a container may use at most. */
export const limitsPart = z
  .strictObject({
    memory: memory.optional().describe('Memory: 512M, 8G. A program that needs more is killed.'),
    cpus: z.number().min(0.01).max(1024).optional().describe('Processors, as a decimal number: 1.5.'),
  })
  .transform(({ memory: memoryBytes, cpus }) => ({
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpus }),
  }))
  .describe('What the program may use at most; only with the runtime container.');
