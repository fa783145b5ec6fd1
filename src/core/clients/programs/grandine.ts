import { fusaka, pectra } from '../announcements.ts';
import { forkSupport } from '../fork-support.ts';

/** Of the one program that is beacon node and validators. */
export const grandineRelease = {
  displayName: 'Grandine',
  defaultVersion: '2.0.6',
  ...forkSupport(
    { fork: 'electra', since: '1.1.0', source: pectra },
    { fork: 'fulu', since: '2.0.0', source: fusaka },
  ),
} as const;

/**
 * Whatever gives it keys to sign with, or takes them from anybody but us. Source: grandine/src/grandine_args.rs of
 * grandinetech/grandine, 2.0.
 */
export const grandineKeyFlags = [
  '--keystore-dir',
  '--keystore-password-dir',
  '--keystore-password-file',
  '--keystore-storage-password-file',
  '--use-validator-key-cache',
  '--web3signer-urls',
  '--web3signer-api-urls',
  '--web3signer-public-keys',
  '--web3signer-refresh-keys-every-epoch',
  '--enable-validator-api',
  '--validator-api-address',
  '--validator-api-port',
  '--validator-api-allowed-origins',
  '--validator-api-token-file',
] as const;
