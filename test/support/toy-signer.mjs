// A validator client for tests, with the least that one has: a store in the EIP-3076 form itself, which it exports
// and imports. Arguments: run DATA | export DATA FILE | import DATA FILE, and how it misbehaves, from the environment.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [command, data, file] = process.argv.slice(2);
const store = `${data}/signed.json`;
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
if (process.env.TOY_FAILS === command) {
  process.stdout.write(`cannot ${command} today\n`);
  process.exit(7);
}
if (command === 'export') writeFileSync(file, readFileSync(store));
if (command === 'import') {
  const given = read(file);
  if (process.env.TOY_FORGETS === 'yes') given.data.pop();
  const before = existsSync(store) ? read(store).data : [];
  writeFileSync(store, JSON.stringify({ ...given, data: [...before, ...given.data] }));
}
if (command === 'run') {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      if (process.env.TOY_STUBBORN !== 'yes') process.exit(0);
    });
  }
  setTimeout(() => process.exit(0), 600_000);
}
