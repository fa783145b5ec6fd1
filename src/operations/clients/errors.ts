import { defineErrors, error } from '../../base/errors.ts';

/** What can go wrong when a node gets another client. */
export const clientUseErrors = defineErrors({
  'EPH-CLIENTS-NO-VALIDATOR': error<{ node: string }>({
    meaning: 'A node was to get another validator client and has none.',
    message: ({ node }) => `The node ${node} has no validator client that could be replaced.`,
    remedy: ({ node }) => `Give it one under nodes.${node}.validator in ephemery.yaml, then \`ephemery up\`.`,
    exitCode: 2,
  }),
  'EPH-CLIENTS-WHOSE-PROGRAM': error<{ program: string }>({
    meaning: '`clients switch` was given one program for more than one client.',
    message: ({ program }) => `It is not clear which client ${program} is.`,
    remedy: () => 'Switch one client at a time.',
    exitCode: 2,
  }),
  'EPH-CLIENTS-NO-CHANGE': error<{ node: string; program: string }>({
    meaning: '`clients switch` was given a program and no client that the node does not have already.',
    message: ({ node, program }) =>
      `No client of ${node} would change, so ${program} is the program of none.`,
    remedy: ({ node, program }) =>
      `For another program of the same client write it into ephemery.yaml, \`artifact: { kind: path, path: ${program} }\` in nodes.${node}, then \`ephemery up\`.`,
    exitCode: 2,
  }),
  'EPH-CLIENTS-NOT-CARRIED': error<{ node: string; client: string; from: string; to: string }>({
    meaning:
      'A switch would part the keys from what was signed with them: one of both validator clients cannot give its slashing protection away, or take it in.',
    message: ({ client, from, to }) =>
      `${client} neither exports nor imports slashing protection: what ${from} signed on this network would be unknown to ${to}.`,
    remedy: ({ node }) =>
      `Choose another validator client; or stop signing (\`ephemery validators stop ${node}\`), and switch after the next reset, when there is nothing to carry.`,
  }),
});
