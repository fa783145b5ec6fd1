#!/usr/bin/env node
// Stands where Web3Signer would: answers as it does when asked whether it is up and which keys it has, and signs nothing.
// Its protection is one row a file that was brought into its schema.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const args = process.argv.slice(2);
const option = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '';

/** One statement, in the schema of the address; what it gave. */
function sql(statement) {
  const url = option('--slashing-protection-db-url').replace('jdbc:', '');
  const schema = new URL(url).searchParams.get('currentSchema');
  const options = JSON.parse(readFileSync(option('--config-file'), 'utf8'));
  const env = {
    PATH: process.env.PATH,
    PGPASSWORD: options['eth2.slashing-protection-db-password'],
    PGOPTIONS: `-c search_path=${schema}`,
  };
  const user = option('--slashing-protection-db-username');
  const how = [
    '-X',
    '-q',
    '-A',
    '-t',
    '-v',
    'ON_ERROR_STOP=1',
    '-U',
    user,
    '-d',
    url.split('?')[0],
    '-c',
    statement,
  ];
  return execFileSync('psql', how, { env, encoding: 'utf8' }).trim();
}

if (args.includes('export'))
  writeFileSync(option('--to'), sql('SELECT content FROM remembered ORDER BY at DESC LIMIT 1'));
else if (args.includes('import'))
  sql(`INSERT INTO remembered (content) VALUES ($body$${readFileSync(option('--from'), 'utf8')}$body$)`);
else serve();

function serve() {
  const keys = readdirSync(option('--key-store-path'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace('.yaml', ''));
  writeFileSync(
    join(option('--data-path'), 'seen.json'),
    JSON.stringify({
      args,
      env: process.env,
      options: readFileSync(option('--config-file'), 'utf8'),
      pid: process.pid,
    }),
  );
  createServer(({ url }, response) => {
    if (url === '/upcheck') response.end('OK');
    else if (url === '/api/v1/eth2/publicKeys') response.end(JSON.stringify(keys));
    else response.writeHead(404).end();
  }).listen(Number(option('--http-listen-port')), option('--http-listen-host'));
  process.on('SIGTERM', () => process.exit(0));
}
