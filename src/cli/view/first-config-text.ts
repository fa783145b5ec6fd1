import type { FirstConfig } from '../../operations/init.ts';

/** What a first configuration says, and that there are others to choose. */
export function firstConfigText({ file, choices, copy }: FirstConfig): string {
  const { network, runtime, execution, consensus } = choices;
  const how = runtime === 'container' ? 'as containers' : 'as plain programs';
  const wrote = `Wrote ${file}: a node on ${network}, ${execution} with ${consensus}, ${how}.`;
  const kept = copy === undefined ? [] : [`The file before it is kept as ${copy}.`];
  if (network === 'devnet') return [wrote, ...kept].join('\n');
  const nudge =
    'Few nodes run these two, which is why they were chosen: what befalls a client that most run befalls the network. `ephemery clients` lists the others.';
  return [wrote, ...kept, nudge].join('\n');
}
