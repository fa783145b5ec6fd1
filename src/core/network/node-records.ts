/** Bootnodes of one kind as a release lists them, and how many lines were none. */
export interface NodeRecords {
  readonly records: readonly string[];
  readonly refused: number;
}

const recordLimit = 200;
const enode =
  /^enode:\/\/[0-9a-fA-F]{128}@(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253}):[0-9]{1,5}(?:\?discport=[0-9]{1,5})?$/;
// EIP-778: at most 300 bytes, which are 400 characters of base64url.
const enr = /^enr:[A-Za-z0-9_-]{20,400}$/;

/** Whether a line is an `enode://` address. */
export function isEnode(text: string): boolean {
  return enode.test(text);
}

/** Whether a line has the form of a node record. */
export function isEnr(text: string): boolean {
  return enr.test(text);
}

/** Reads `enodes.txt`: one `enode://` address a line, blank lines and `#` comments aside. */
export function parseEnodes(text: string): NodeRecords {
  return parseLines(text, enode);
}

/** Reads `bootstrap_nodes.txt`: one ENR (EIP-778) a line, blank lines and `#` comments aside. */
export function parseEnrs(text: string): NodeRecords {
  return parseLines(text, enr);
}

// What passes goes onto command lines: only the exact form is let through.
function parseLines(text: string, form: RegExp): NodeRecords {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const records = [...new Set(lines.filter((line) => form.test(line)))].slice(0, recordLimit);
  return { records, refused: lines.filter((line) => !form.test(line)).length };
}
