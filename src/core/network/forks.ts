/** The forks of the consensus layer in order; execution names differ from Capella on (Shanghai, Cancun, Prague, Osaka). */
export const forkNames = [
  'phase0',
  'altair',
  'bellatrix',
  'capella',
  'deneb',
  'electra',
  'fulu',
  'gloas',
] as const;

export type ForkName = (typeof forkNames)[number];

/** True when `client` reaches at least `needed`. */
export function reachesFork(client: ForkName, needed: ForkName): boolean {
  return forkNames.indexOf(client) >= forkNames.indexOf(needed);
}
