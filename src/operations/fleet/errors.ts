import { defineErrors, error } from '../../base/errors.ts';

export const fleetErrors = defineErrors({
  'EPH-FLEET-NO-DEVNET': error<{ name: string }>({
    meaning: 'A node belongs to a local network that has not been made on this home.',
    message: ({ name }) => `The devnet "${name}" does not exist here yet.`,
    remedy: () => 'Run `ephemery up`, which makes and starts it.',
  }),
  'EPH-FLEET-NO-NETWORK': error<{ name: string }>({
    meaning: 'A node names a network that is neither built in nor declared.',
    message: ({ name }) => `There is no network "${name}".`,
    remedy: ({ name }) => `Declare it in ephemery.yaml under networks: ${name}: { file: … }.`,
  }),
  'EPH-FLEET-KEY-IN-TWO-SETS': error<{ key: string; keySets: readonly string[] }>({
    meaning: 'Two key sets of the configuration hold the same key, so that two nodes would sign with it.',
    message: ({ key, keySets }) => `${key} is in the key sets ${keySets.join(' and ')}.`,
    remedy: ({ keySets }) =>
      `Take its keystore and its password out of keys/${keySets.join('/ or keys/')}/: a key belongs to one set, and a key that signs twice is slashed.`,
  }),
  'EPH-FLEET-SIMULATED-CLIENT': error<{ node: string; client: string; network: string }>({
    meaning: 'A client that simulates local networks was chosen for another network.',
    message: ({ node, client, network }) =>
      `The node "${node}" is to run ${client} on ${network}, and ${client} simulates local networks only.`,
    remedy: ({ node, network }) =>
      `Choose another consensus client for ${node} in ephemery.yaml, or a devnet as its network. If ${network} is simulated, name its producer: networks: ${network}: { file: …, follow: … }.`,
  }),
  'EPH-FLEET-LOOPBACK-URL': error<{ node: string; setting: string; host: string }>({
    meaning:
      'A node in containers is to use a service on the loopback address, which is the container itself there.',
    message: ({ node, setting, host }) =>
      `${setting} of the node "${node}" names ${host}, which is the container itself to a program in it.`,
    remedy: ({ node }) =>
      `Let the service listen on an address of this host that containers reach, and name that; or give ${node} \`runtime: process\`.`,
  }),
  'EPH-FLEET-PUBLISH-LOCAL': error<{ node: string; setting: string; port: string }>({
    meaning:
      "A node whose programs share this host's network, because its network's producer is on loopback, is to publish a port.",
    message: ({ node, setting, port }) =>
      `${setting} of the node "${node}" names ${port}, but its programs share this host's network and listen on loopback.`,
    remedy: () =>
      'Remove it; on this host the port answers on 127.0.0.1. Nodes of networks that do not run on this host can publish.',
  }),
  'EPH-FLEET-PORT-CONFLICT': error<{ node: string; conflicts: readonly string[] }>({
    meaning: 'Two programs of this home would listen on the same port.',
    message: ({ node, conflicts }) => `Ports of the node "${node}" are given twice: ${conflicts.join('; ')}.`,
    remedy: () =>
      'Change or remove the port in ephemery.yaml; ports that are not given are chosen without conflicts.',
  }),
  'EPH-FLEET-PORT-TAKEN': error<{
    node: string;
    port: number;
    name: string;
    holder: string;
    rootChanges?: readonly string[];
  }>({
    meaning: 'A port that a node needs is used by a program that is none of ours.',
    message: ({ node, port, name, holder, rootChanges }) =>
      `Port ${port} (${name} of "${node}") is used by ${holder}.${rootChanges === undefined ? '' : ` This home may be a copy (${rootChanges.join('; ')}): then it is likely that the original runs.`}`,
    remedy: ({ port, rootChanges }) =>
      rootChanges === undefined
        ? `End the program that listens on ${port}, or give the node another port in ephemery.yaml. Nothing of it was started.`
        : 'If this home is to take over from the original: `ephemery down` there, `ephemery up` here, and once nobody else signs with the keys, `ephemery keys claim`. Beside the original it needs other ports and other keys. Nothing of it was started.',
  }),
  'EPH-FLEET-HOOK-FAILED': error<{ target: string; reason: string; said?: string }>({
    meaning: 'A hook of the configuration ended with an error.',
    message: ({ target, reason }) => `The hook ${target} failed: ${reason}.`,
    remedy: () => 'Run the hook by hand and mend what it prints; the node goes on without it.',
  }),
});
