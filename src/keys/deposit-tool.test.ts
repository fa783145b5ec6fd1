import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Secret } from '../base/secret.ts';
import type { CredentialKind } from '../core/keys/credential-kind.ts';
import { type DepositDataEntry, depositDataEntry, readDepositData } from '../core/keys/deposit-data.ts';
import { mnemonicSeed, readMnemonic } from '../core/keys/mnemonic.ts';
import { parseKeystore } from '../core/keys/parse-keystore.ts';
import {
  blsChangeDomain,
  blsChangeRoot,
  exitDomain,
  signedBlsChangeJson,
  signedExitJson,
  voluntaryExitRoot,
} from '../core/keys/signed-messages.ts';
import { signingRoot } from '../core/keys/signing-domain.ts';
import { readAddress } from '../core/keys/withdrawal-credentials.ts';
import { publicKeyFor, signRoot } from './bls.ts';
import { validatorSecrets } from './key-tree.ts';
import { doJob } from './workers/do-job.ts';

interface ToolRun {
  readonly mnemonic: string;
  readonly password: string;
  readonly address: string;
  readonly network: Readonly<
    Record<'name' | 'genesisForkVersion' | 'exitForkVersion' | 'genesisValidatorsRoot', string>
  >;
  readonly deposits: readonly { index: number; credentials: CredentialKind; entry: DepositDataEntry }[];
  readonly keystores: readonly { pubkey: string; path: string }[];
  readonly exits: readonly {
    index: number;
    signed: { message: { epoch: string; validator_index: string }; signature: string };
  }[];
  readonly blsToExecutionChanges: readonly {
    index: number;
    signed: { message: { validator_index: string }; signature: string };
  }[];
}

const run = JSON.parse(
  readFileSync(new URL('../../test/fixtures/keys/deposit-tool-run.json', import.meta.url), 'utf8'),
) as ToolRun;
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'));
const seed = (await mnemonicSeed(readMnemonic(new Secret(run.mnemonic)), new Secret(''))).reveal();
const genesisForkVersion = bytes(run.network.genesisForkVersion);
const network = {
  genesisForkVersion,
  capellaForkVersion: bytes(run.network.exitForkVersion),
  genesisValidatorsRoot: bytes(run.network.genesisValidatorsRoot),
};

function secretsOf(index: number) {
  const [made] = validatorSecrets(seed, [index]);
  if (made === undefined) throw new RangeError(`no key ${index}`);
  return made;
}

/** What the public tool makes of a mnemonic, made again: BLS signatures have no chance in them. */
describe('what the public deposit tool makes of a mnemonic', () => {
  it.each(run.deposits.map((one) => [one.credentials, one.index, one.entry.amount, one] as const))(
    'deposits: credentials %s, key %i, %i Gwei',
    (credentials, index, amountGwei, { entry }) => {
      const [validator] = doJob({ kind: 'derive', seed, indices: [index] });
      if (validator === undefined) throw new RangeError(`no key ${index}`);
      const terms = { genesisForkVersion, credentials, amountGwei, address: readAddress(run.address) };
      const [deposit] = doJob({ kind: 'sign-deposit', signers: [validator], terms });
      if (deposit === undefined) throw new RangeError(`no deposit ${index}`);
      const made = depositDataEntry(deposit, deposit.signature, {
        name: run.network.name,
        genesisForkVersion,
      });
      // Which tool wrote it is all in which the entries differ.
      expect({ ...made, deposit_cli_version: entry.deposit_cli_version }).toEqual(entry);
    },
  );

  it('deposits are read without a remark', () => {
    const text = JSON.stringify(run.deposits.map(({ entry }) => entry));
    expect(readDepositData('deposit_data.json', text).flatMap(({ problems }) => problems)).toEqual([]);
  });

  it.each(run.keystores.map((keystore) => [keystore.path, keystore] as const))(
    'keystores: %s',
    (path, keystore) => {
      const text = JSON.stringify(keystore);
      const proof = doJob({ kind: 'prove', file: 'k.json', keystore: text, passwords: [run.password] });
      const { signing } = secretsOf(Number(path.split('/')[3]));
      expect(proof).toMatchObject({ outcome: 'proven', keys: [{ secretKey: signing }] });
      expect(publicKeyFor(signing)).toBe(`0x${keystore.pubkey}`);
      expect(parseKeystore('k.json', text).path).toBe(path);
    },
  );

  it.each(run.exits)('exits: key $index', ({ index, signed }) => {
    const exit = {
      epoch: Number(signed.message.epoch),
      validatorIndex: Number(signed.message.validator_index),
    };
    const root = signingRoot(voluntaryExitRoot(exit), exitDomain(network));
    expect(signedExitJson(exit, signRoot(secretsOf(index).signing, root))).toEqual(signed);
  });

  it.each(run.blsToExecutionChanges)('changes of credentials: key $index', ({ index, signed }) => {
    const { withdrawal } = secretsOf(index);
    const change = {
      validatorIndex: Number(signed.message.validator_index),
      fromPubkey: publicKeyFor(withdrawal) ?? ('0x' as const),
      toAddress: readAddress(run.address),
    };
    const root = signingRoot(blsChangeRoot(change), blsChangeDomain(network));
    expect(signedBlsChangeJson(change, signRoot(withdrawal, root))).toEqual({
      message: signed.message,
      signature: signed.signature,
    });
  });
});
