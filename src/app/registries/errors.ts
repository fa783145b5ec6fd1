import { artifactErrors } from '../../artifacts/errors.ts';
import { backupErrors } from '../../backup/errors.ts';
import { httpErrors } from '../../base/http-errors.ts';
import { keymanagerErrors } from '../../chain/http/keymanager-errors.ts';
import { cliErrors } from '../../cli/errors.ts';
import { configErrors } from '../../config/errors.ts';
import { clientErrors } from '../../core/clients/errors.ts';
import { keyErrors } from '../../core/keys/errors.ts';
import { interchangeErrors } from '../../core/keys/interchange-errors.ts';
import { networkErrors } from '../../core/network/errors.ts';
import { validatorsFileErrors } from '../../core/network/validators-file-errors.ts';
import { genesisErrors } from '../../genesis/errors.ts';
import { mayflyErrors } from '../../mayfly/errors.ts';
import { mayflyValidatorErrors } from '../../mayfly-validator/errors.ts';
import { clientUseErrors } from '../../operations/clients/errors.ts';
import { controlErrors } from '../../operations/control/errors.ts';
import { devnetErrors } from '../../operations/devnet/errors.ts';
import { exportErrors } from '../../operations/export/errors.ts';
import { fleetErrors } from '../../operations/fleet/errors.ts';
import { keyUseErrors } from '../../operations/keys/errors.ts';
import { networkUseErrors } from '../../operations/network/errors.ts';
import { nodeErrors } from '../../operations/node/errors.ts';
import { serviceErrors } from '../../operations/service/errors.ts';
import { supportErrors } from '../../operations/support/errors.ts';
import { validatorErrors } from '../../operations/validators/errors.ts';
import { releaseErrors } from '../../releases/errors.ts';
import { containerErrors } from '../../runtimes/container/errors.ts';
import { runtimeErrors } from '../../runtimes/errors.ts';
import { signerErrors } from '../../signer/errors.ts';
import { rootErrors } from '../../storage/files/errors.ts';
import { nodeStoreErrors } from '../../storage/files/node-store-errors.ts';

/** Every family of errors; the reference page of codes is made from this list. */
export const errorFamilies = [
  artifactErrors,
  httpErrors,
  keymanagerErrors,
  cliErrors,
  configErrors,
  controlErrors,
  networkErrors,
  validatorsFileErrors,
  genesisErrors,
  clientErrors,
  clientUseErrors,
  keyErrors,
  interchangeErrors,
  keyUseErrors,
  backupErrors,
  releaseErrors,
  runtimeErrors,
  containerErrors,
  rootErrors,
  mayflyErrors,
  mayflyValidatorErrors,
  networkUseErrors,
  nodeErrors,
  validatorErrors,
  devnetErrors,
  fleetErrors,
  exportErrors,
  serviceErrors,
  supportErrors,
  nodeStoreErrors,
  signerErrors,
] as const;
