#!/usr/bin/env node
// Stands where Web3Signer would: answers as it does when asked whether it is up and which keys it has, and signs nothing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const args = process.argv.slice(2);
const option = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '';
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
