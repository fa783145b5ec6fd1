#!/usr/bin/env node
// Stands where a validator client with a remote signer would: like some of them it ends when the signer does not answer.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const args = process.argv.slice(2);
const option = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '';
const answer = await fetch(`${option('--validators-external-signer-url')}/api/v1/eth2/publicKeys`);
const seen = { keys: await answer.json(), pid: process.pid };
writeFileSync(join(option('--data-path'), 'seen.json'), JSON.stringify(seen));
process.on('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 60_000);
