import type { ExportedUnit } from './exported-units.ts';

/** What every exported file says first. */
export function exportHeader(units: readonly ExportedUnit[], use: string): string {
  const iterations = [...new Set(units.map(({ iteration }) => iteration))].join(', ');
  return `# What Ephemery Node would run now (iteration ${iterations}), for reading and for trying by hand: ${use}
# This file does not reset by itself: at the next reset its programs stay on a network that has ended. Do not run it
# while \`ephemery up\` keeps the same nodes. Validator clients are left out: one key has one signer.
`;
}
