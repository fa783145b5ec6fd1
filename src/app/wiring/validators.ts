import { unknown } from '../../base/answer.ts';
import type { HttpClient } from '../../base/http.ts';
import { createKeymanagerHttp } from '../../chain/http/keymanager.ts';
import { readKeymanagerToken } from '../../chain/http/keymanager-token.ts';
import { listSignerKeys } from '../../chain/http/signer-keys.ts';
import { keyPlacesOf } from '../../core/clients/key-places.ts';
import type { FleetParts } from '../../operations/fleet/assemble.ts';
import type { NodeSetup } from '../../operations/node/node-setup.ts';
import type { Services } from '../../operations/services.ts';
import { carryProtection, exportStores } from '../../operations/validators/carry-protection.ts';
import { KeyGuardian } from '../../operations/validators/key-guardian.ts';
import { signerMarks } from '../../operations/validators/signer-marks.ts';
import { openInstallation } from '../../storage/files/installation.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';

/** What guards the keys of each node of a root. */
export function guardValidators(
  { paths, clock, random }: Pick<Services, 'paths' | 'clock' | 'random'>,
  http: HttpClient,
): FleetParts['validators'] {
  const owners = new KeyOwners(paths.keys, clock);
  const binding = () => openInstallation(paths, { random });
  return (parts) => {
    const { name: node, network } = parts.setup;
    const { genesisDelaySeconds } = network;
    const { store } = parts.env;
    const watched = {
      signer: foreignSigner(parts.setup),
      trace: traceOf(parts.setup),
      signerMarks: signerMarks(parts),
    };
    return {
      guard: new KeyGuardian({ node, clock, store, owners, binding, genesisDelaySeconds, ...watched }),
      keymanager: async ({ url, tokenPath, ...words }) =>
        createKeymanagerHttp({
          http,
          url,
          ...words,
          ...(tokenPath === undefined ? {} : { token: await readKeymanagerToken(tokenPath) }),
        }),
      carryProtection: (request) => carryProtection(parts, request),
      exportProtection: (request) => exportStores(parts, request),
    };
  };
}

/** One that the configuration names by its address. */
function foreignSigner({ validator }: NodeSetup) {
  const url = validator?.signerUrl;
  return url === undefined ? undefined : { url, keys: () => listSignerKeys(url) };
}

/** Beside a signer a client's own store may be turned off by its arguments: it tells nothing then. That of a signer of ours does. */
function traceOf({ validator, signer }: NodeSetup) {
  if (validator === undefined || validator.signerUrl !== undefined || signer !== undefined) return undefined;
  const { protection, signedMarks } = validator.definition;
  if (protection === undefined) return undefined;
  return signedMarks === undefined ? {} : { marks: signedMarks };
}

/** For a node that is to have no validator client: whoever asks nevertheless is told that nothing is known. */
export const noValidators: ReturnType<FleetParts['validators']> & Pick<FleetParts, 'keyPlaces'> = {
  keyPlaces: keyPlacesOf([]),
  guard: {
    quiet: async () => unknown('this node has no validator client'),
    begins: async () => undefined,
    ended: async () => undefined,
    alarm: async () => undefined,
    admit: async () => unknown('this node has no validator client'),
    admitted: async () => undefined,
    withoutSigner: async () => unknown('this node has no validator client'),
    findings: () => [],
  },
  carryProtection: async () => undefined,
  exportProtection: async ({ bundle }) => ({ ...bundle.identity, histories: new Map() }),
};
