import type { ClientContext } from '../../core/clients/client.ts';
import { jdbcUrl } from '../../core/node/signer-schema.ts';
import {
  clientContext,
  signerOptionsKey,
  type UnitPlace,
  unitMounts,
  unitName,
} from '../../core/node/unit-spec.ts';
import { hostAddresses } from '../../runtimes/runtime.ts';
import { type DatabaseSurroundings, onHostNetwork, type SignerDatabaseAccess } from './database-unit.ts';
import { type SignerSetup, settingsOf } from './node-setup.ts';

/** A signer's programs: what they are told, and where they are put. */
export interface SignerView {
  readonly context: ClientContext;
  readonly place: UnitPlace;
  /** Host path of its data directory. */
  readonly data: string;
}

export async function signerView(
  around: DatabaseSurroundings,
  parts: {
    readonly signer: SignerSetup;
    readonly schema: string;
    readonly database: SignerDatabaseAccess;
  },
): Promise<SignerView> {
  const { setup, env, bundle } = around;
  const { signer, schema, database } = parts;
  const { username, password } = database.credentials;
  const options = { 'eth2.slashing-protection-db-password': password.reveal() };
  const optionsFile = await env.store.writeSecret('signer-options.yaml', `${JSON.stringify(options)}\n`);
  const data = await env.store.signerPath();
  const identity = await env.store.identityPath();
  const mounts = unitMounts({ data, bundle: bundle.directory, identity, signerOptions: optionsFile });
  const seen = env.runtime.pathsFor(mounts);
  const onHost = onHostNetwork(around);
  const settings = settingsOf(setup, 'signer', onHost ? hostAddresses : env.runtime.addresses);
  const { limits } = signer;
  return {
    data,
    context: {
      ...clientContext({ node: setup.name, bundle, settings }, seen),
      signerDatabase: {
        username,
        jdbcUrl: jdbcUrl(database.urlOfSigner, schema),
        optionsFile: seen[signerOptionsKey] ?? optionsFile,
      },
    },
    place: {
      name: unitName(setup.name, 'signer'),
      mounts,
      ...(limits === undefined ? {} : { limits }),
      ...(onHost ? { network: 'host' } : {}),
    },
  };
}
