import { defineFindings, finding } from './finding.ts';

/** What hinders a local network from outside. */
export const devnetFindings = defineFindings({
  'EPH-DEVNET-PORT-TAKEN': finding<{ network: string; port: number; name: string; holder: string }>({
    severity: 'critical',
    short: 'A port that a local network needs is used by somebody else',
    long: ({ network, port, name, holder }) =>
      `Port ${port} (${name} of the local network ${network}) is used by ${holder}: what it is for cannot run, and the network makes no blocks or no releases meanwhile.`,
    remedy: ({ port }) =>
      `End what has it (\`sudo lsof -nP -i :${port}\` shows it): the network goes on by itself once the port is free. Or remove the network with \`ephemery down --purge\`; the next \`ephemery up\` makes another one, on ports that are free.`,
  }),
  'EPH-DEVNET-VALIDATORS-LEFT-OUT': finding<{
    network: string;
    iteration: number;
    file: string;
    reason: string;
  }>({
    severity: 'warning',
    short: 'A file of genesis validators was left out of a local network’s genesis',
    long: ({ network, iteration, file, reason }) =>
      `The genesis of iteration ${iteration} of the local network ${network} is made without the validators of ${file}: ${reason}.`,
    remedy: ({ network }) =>
      `Mend the file in the folder devnets/${network}/genesis-validators of the home, or remove it (\`ephemery keys genesis-file\` writes one that is taken). It is read again when the release after this one is made, a short while before the next reset.`,
  }),
});
