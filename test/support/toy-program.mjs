// A program for runtime tests: does what the JSON in its first argument says.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const script = JSON.parse(process.argv[2] ?? '{}');

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (script.ignoresStopSignal !== true) process.exit(0);
  });
}
if (script.writes !== undefined) {
  mkdirSync(dirname(script.writes.path), { recursive: true });
  writeFileSync(script.writes.path, script.writes.text);
}
for (const { afterMs, line } of script.prints ?? []) {
  if (afterMs === 0) process.stdout.write(`${line}\n`);
  else setTimeout(() => process.stdout.write(`${line}\n`), afterMs);
}
if (script.showsEnvironment === true) process.stdout.write(`${JSON.stringify(process.env)}\n`);
setTimeout(() => process.exit(script.exitCode ?? 0), script.exitsAfterMs ?? 600_000);
