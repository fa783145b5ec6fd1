import type { ExportedUnit } from './exported-units.ts';

/** What every exported file says first. */
export function exportHeader(units: readonly ExportedUnit[], use: string): string {
  const iterations = [...new Set(units.map(({ iteration }) => iteration))].join(', ');
  return `# What Ephemery Node would run now (iteration ${iterations}), for reading and for trying by hand: ${use}
# This file does not reset by itself: at the next reset its programs stay on a network that has ended. Do not run it
# while \`ephemery up\` keeps the same nodes. Validator clients are left out: one key has one signer.
${listed(
  'Not there yet. `ephemery up` makes them; until then what is below does not start:',
  units.flatMap(({ unmade }) => unmade),
)}${listed('By their tags, because the first `ephemery up` pins their digests:', units.flatMap(tagOf))}`;
}

/** The image of a program that nobody has pinned yet. */
function tagOf({ program: { image, absent } }: ExportedUnit): readonly string[] {
  return absent === undefined || image !== undefined ? [] : [absent];
}

function listed(what: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `#\n# ${what}\n${[...new Set(items)].map((item) => `#   ${item}\n`).join('')}`;
}
