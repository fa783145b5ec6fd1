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
});
