// A program for runtime tests: does what the JSON in its first argument says.
const script = JSON.parse(process.argv[2] ?? '{}');

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (script.ignoresStopSignal !== true) process.exit(0);
  });
}
for (const { afterMs, line } of script.prints ?? []) {
  if (afterMs === 0) process.stdout.write(`${line}\n`);
  else setTimeout(() => process.stdout.write(`${line}\n`), afterMs);
}
if (script.showsEnvironment === true) process.stdout.write(`${JSON.stringify(process.env)}\n`);
setTimeout(() => process.exit(script.exitCode ?? 0), script.exitsAfterMs ?? 600_000);
