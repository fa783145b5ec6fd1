import type { PublicKey } from './public-key.ts';
import { publicKeyBytes } from './public-key.ts';
import type { SigningDomain } from './signing-domain.ts';
import { bytesRoot, containerRoot, numberRoot, type Root } from './ssz.ts';
import type { ExecutionAddress } from './withdrawal-credentials.ts';

/** What distinguishes one network from another for signatures. */
export interface SigningNetwork {
  /** 32 bytes; new at every reset, so that messages of the old network are void on the new one. */
  readonly genesisValidatorsRoot: Uint8Array;
  /** 4 bytes. */
  readonly genesisForkVersion: Uint8Array;
  /** 4 bytes. */
  readonly capellaForkVersion: Uint8Array;
}

export interface VoluntaryExit {
  /** The first epoch in which it may be included. */
  readonly epoch: number;
  readonly validatorIndex: number;
}

/** Source: consensus-specs, phase0/beacon-chain.md, VoluntaryExit. */
export function voluntaryExitRoot({ epoch, validatorIndex }: VoluntaryExit): Root {
  return containerRoot([numberRoot(epoch), numberRoot(validatorIndex)]);
}

/** The domain of exits is that of Capella for ever, whatever fork the network is in. Source: EIP-7044. */
export function exitDomain({ capellaForkVersion, genesisValidatorsRoot }: SigningNetwork): SigningDomain {
  return { kind: 'voluntaryExit', forkVersion: capellaForkVersion, genesisValidatorsRoot };
}

/** As the Beacon API takes it: POST /eth/v1/beacon/pool/voluntary_exits. */
export function signedExitJson({ epoch, validatorIndex }: VoluntaryExit, signature: Uint8Array) {
  return { message: { epoch: `${epoch}`, validator_index: `${validatorIndex}` }, signature: hex(signature) };
}

export interface BlsToExecutionChange {
  readonly validatorIndex: number;
  /** The withdrawal key, not the one that signs. */
  readonly fromPubkey: PublicKey;
  readonly toAddress: ExecutionAddress;
}

/** Source: consensus-specs, capella/beacon-chain.md, BLSToExecutionChange. */
export function blsChangeRoot({ validatorIndex, fromPubkey, toAddress }: BlsToExecutionChange): Root {
  const address = Buffer.from(toAddress.slice(2), 'hex');
  return containerRoot([
    numberRoot(validatorIndex),
    bytesRoot(publicKeyBytes(fromPubkey)),
    bytesRoot(address),
  ]);
}

/** The genesis fork's, whatever fork the network is in. Source: capella/beacon-chain.md, process_bls_to_execution_change. */
export function blsChangeDomain({
  genesisForkVersion,
  genesisValidatorsRoot,
}: SigningNetwork): SigningDomain {
  return { kind: 'blsToExecutionChange', forkVersion: genesisForkVersion, genesisValidatorsRoot };
}

/** As the Beacon API takes it, in a list: POST /eth/v1/beacon/pool/bls_to_execution_changes. */
export function signedBlsChangeJson(change: BlsToExecutionChange, signature: Uint8Array) {
  const { validatorIndex, fromPubkey, toAddress } = change;
  return {
    message: {
      validator_index: `${validatorIndex}`,
      from_bls_pubkey: fromPubkey,
      to_execution_address: toAddress.toLowerCase(),
    },
    signature: hex(signature),
  };
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
