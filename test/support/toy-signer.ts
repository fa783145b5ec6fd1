import { fileURLToPath } from 'node:url';
import type { ClientDefinition } from '../../src/core/clients/client.ts';
import type { InstalledProgram } from '../../src/runtimes/runtime.ts';

const script = fileURLToPath(new URL('toy-signer.mjs', import.meta.url));

/** A validator client of a few lines that really is a program: it exports and imports its store. */
export function toySigner(id: string, more: Partial<ClientDefinition> = {}): ClientDefinition {
  const file = `${id}-exchange.json`;
  const task = (name: 'export' | 'import') => (context: { readonly paths: { readonly data: string } }) => ({
    name: `protection-${name}`,
    args: [name, context.paths.data, `${context.paths.data}/${file}`],
    env: {},
    deadlineMs: 20_000,
  });
  return {
    id,
    layer: 'validator',
    displayName: id,
    artifacts: [{ kind: 'path' }],
    forks: [{ fork: 'fulu', since: '0', source: 'the tests' }],
    highestFork: () => 'fulu',
    ports: [],
    identityFiles: [],
    managedFlags: [],
    stop: { signal: 'SIGTERM', deadlineMs: 10_000, resetStopDeadlineMs: 10_000 },
    protection: { file, exportTask: task('export'), importTask: task('import') },
    tasks: () => [],
    program: (context) => ({ args: ['run', context.paths.data], env: {} }),
    readiness: () => ({ kind: 'none' }),
    ...more,
  };
}

export function toyProgram(id: string, env: Readonly<Record<string, string>> = {}): InstalledProgram {
  return { client: id, version: '1', command: [process.execPath, script], env };
}
