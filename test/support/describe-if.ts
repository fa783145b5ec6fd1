import { describe } from 'vitest';

/**
 * `describe`, unless the machine lacks what the suite needs: then it is skipped, and the reason stands in its
 * name, so that every list of skipped tests has it.
 *
 * describeIf(missingProgram('geth'))('geth follows', () => { … });
 */
export function describeIf(lack: string | undefined): (name: string, body: () => void) => void {
  if (lack === undefined) return (name, body) => describe(name, body);
  return (name, body) => describe.skip(`${name} [skipped: ${lack}]`, body);
}
