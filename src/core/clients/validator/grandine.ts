import type { ClientContext, ClientDefinition } from '../client.ts';
import { given, portOf, required } from '../context.ts';
import { steering } from '../ports.ts';
import { grandineKeyFlags, grandineRelease } from '../programs/grandine.ts';
import { keymanagerReadiness } from '../readiness.ts';
import { signingStop } from '../stop-policies.ts';

/**
 * Validators inside Grandine's beacon node. Keys of a remote signer that it is told of over its API are in its memory
 * alone (keymanager/src/remote_keys.rs of grandinetech/grandine, 2.0), so that a process that ended signs with none when
 * it starts again; keystores that came that way it would have on its disk, and sign with at once.
 */
export const grandineValidator: ClientDefinition = {
  id: 'grandine',
  layer: 'validator',
  ...grandineRelease,
  hostedBy: 'grandine',
  artifacts: [],
  ports: [steering('keymanager')],
  identityFiles: [],
  managedFlags: [...grandineKeyFlags, '--suggested-fee-recipient', '--graffiti'],
  stop: signingStop,
  keymanager: {
    port: 'keymanager',
    token: 'hex',
    keys: 'remote',
    settings: ['feeRecipient', 'gasLimit', 'graffiti'],
    signsExits: true,
  },
  needsSigner: true,
  needsOwnSigner: true,
  notes: [
    'Its validators are in the process of its beacon node, which runs on when they are stopped: what ends then, first and for sure, is the signer of the node, without which nothing is signed. So it is to be the node’s own (`signer`), and not somebody else’s.',
    'It starts with no keys, and is told of those of the signer over its API once they have been guarded. It keeps them in memory alone: after an end of the process it is told of them anew.',
    'Beside the signer it keeps slashing protection of its own, which forbids more and is not carried.',
    'It writes the token of its API into its log, which `GRANDINE_LOG` of ours keeps it from.',
    'Its output is in the log of the consensus client.',
  ],
  tasks: () => [],
  program: (context) => ({ args: validatorArgs(context), env: {} }),
  readiness: keymanagerReadiness,
};

function validatorArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    '--enable-validator-api',
    `--validator-api-address=${listenAddress}`,
    `--validator-api-port=${portOf(context, 'keymanager')}`,
    `--validator-api-token-file=${required(paths.keymanagerToken, 'the keymanager token')}`,
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    ...context.args,
  ];
}
