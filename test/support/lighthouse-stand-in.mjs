#!/usr/bin/env node
// Stands where Lighthouse's validator client would: it takes that client's command lines and layout of files, and signs
// and protects with Mayfly's program (STAND_IN_FOR). It writes what it is asked to do into STAND_IN_LOG, hangs at a verb
// while there is a `<log>.<verb>-hangs`, and takes `<log>.signs` for what it signed itself.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';

const mayfly = process.env.STAND_IN_FOR;
const args = process.argv.slice(2);
if (args[0] === '--version') {
  process.stdout.write('Lighthouse v8.2.3\n');
  process.exit(0);
}
const option = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '';
const data = option('--datadir');
const store = join(data, 'validators', 'stand-in');
const common = [mayfly, `--data-dir=${store}`, `--bundle=${dirname(option('--testnet-dir'))}`];
const note = (text) => appendFileSync(process.env.STAND_IN_LOG, `${text}\n`);

if (args[0] === 'account_manager') {
  const [, , , verb, file] = args;
  note(verb);
  while (existsSync(`${process.env.STAND_IN_LOG}.${verb}-hangs`))
    await new Promise((resolve) => setTimeout(resolve, 50));
  mkdirSync(store, { recursive: true });
  const taken = verb === 'import' ? [`--interchange=${file}`] : [];
  const out = verb === 'import' ? join(store, 'imported.json') : file;
  const { status } = spawnSync(process.execPath, [...common, ...taken, `--export-protection=${out}`], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

note('run');
const signs = `${process.env.STAND_IN_LOG}.signs`;
if (existsSync(signs)) {
  const out = join(data, 'validators', 'signed.json');
  spawnSync(process.execPath, [...common, `--interchange=${signs}`, `--export-protection=${out}`]);
}
const keystores = join(store, 'keystores');
rmSync(keystores, { recursive: true, force: true });
mkdirSync(keystores, { recursive: true });
for (const { voting_public_key: key, voting_keystore_path: path } of JSON.parse(
  readFileSync(join(data, 'validators', 'validator_definitions.yml'), 'utf8'),
))
  copyFileSync(path, join(keystores, `${key}.json`));
const metrics = createServer((_, response) => response.end()).listen(
  Number(option('--metrics-port')),
  '127.0.0.1',
);
const child = spawn(
  process.execPath,
  [
    ...common,
    `--keystores=${keystores}`,
    `--secrets=${join(data, 'secrets')}`,
    `--beacon-url=${option('--beacon-nodes')}`,
    `--api-port=${option('--http-port')}`,
    `--api-token=${option('--http-token-path')}`,
  ],
  { stdio: 'inherit' },
);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  metrics.close();
  process.exit(code ?? 1);
});
