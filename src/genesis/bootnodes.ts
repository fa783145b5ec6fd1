import { isEnode, isEnr } from '../core/network/node-records.ts';
import { genesisErrors } from './errors.ts';
import type { InputFile } from './inputs.ts';

/** `lighthouse:<name>:<host>:<port>`: whose node is to get a key. */
const minted = /^[A-Za-z_][\w-]*:[^\s:]+:[^\s:]+:\d{1,5}$/;

/** The lines of a list of bootnodes, without blank ones and comments. Throws EPH-GENESIS-BOOTNODE. */
function listedLines(file: InputFile, expected: string, isOne: (line: string) => boolean): string[] {
  return file.text.split('\n').flatMap((each, index) => {
    const line = each.trim();
    if (line === '' || line.startsWith('#')) return [];
    if (isOne(line)) return [line];
    throw genesisErrors.create('EPH-GENESIS-BOOTNODE', {
      file: file.name,
      line: index + 1,
      found: line.length > 60 ? `${line.slice(0, 60)}…` : line,
      expected,
    });
  });
}

/** Throws EPH-GENESIS-BOOTNODE. */
export function enodesOf(file: InputFile): string[] {
  return listedLines(file, 'enode://<128 hex digits>@<host>:<port>', isEnode);
}

/**
 * The node records that a release publishes. Only records that are written out (`enr:…`) can be: for lines
 * like `lighthouse:<name>:<ip>:<port>` the public network mints a new key in each iteration and hands it,
 * encrypted, to the operator, whose node a key of ours would not be. Throws EPH-GENESIS-BOOTNODE.
 */
export function enrsOf(file: InputFile): string[] {
  const expected = 'enr:<node record> or <client>:<name>:<host>:<port>';
  const lines = listedLines(file, expected, (line) =>
    line.startsWith('enr:') ? isEnr(line) : minted.test(line),
  );
  return lines.filter((line) => line.startsWith('enr:'));
}
