import type { Secret } from '../../../base/secret.ts';
import type { Mnemonic } from '../../../core/keys/mnemonic.ts';
import { mnemonicLanguages } from '../../../core/keys/mnemonic-language.ts';
import type { SecretPlace } from '../../../operations/keys/secret-input.ts';
import type { CommandContext } from '../../command.ts';
import type { ValuesOf } from '../../option.ts';
import { choice, formed, text } from '../../option.ts';
import type { Warning } from '../../output/output.ts';
import { refuseTogether } from '../../refuse-together.ts';

export const variable = (description: string) =>
  formed('variable', description, {
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    expects: 'the name of an environment variable',
  });

export const passwordOptions = {
  passwordFile: text('file', 'A file with the password of the keystores.', { completes: 'file' }),
  passwordEnv: variable('The environment variable that holds it.'),
};

export const mnemonicOptions = {
  mnemonicFile: text(
    'file',
    'A file with the mnemonic: 12 to 24 words, each in full or by its first four letters.',
    {
      completes: 'file',
    },
  ),
  mnemonicEnv: variable('The environment variable that holds it.'),
  passphraseFile: text('file', 'A file with the passphrase of the mnemonic, if it has one.', {
    completes: 'file',
  }),
  passphraseEnv: variable('The environment variable that holds it.'),
  language: choice(mnemonicLanguages, 'The language of the mnemonic; found by its words when absent.'),
};

/** The password that was given; undefined when none was. Throws EPH-CLI-USAGE when two places were. */
export async function givenPassword(
  context: CommandContext,
  { passwordFile, passwordEnv }: ValuesOf<typeof passwordOptions>,
): Promise<Secret | undefined> {
  refuseTogether('keys', { passwordFile, passwordEnv }, [['passwordFile', 'passwordEnv']]);
  const { readSecret } = await import('../../../operations/keys/secret-input.ts');
  const { host } = await context.services();
  return readSecret(host, { file: passwordFile, env: passwordEnv }, warner(context));
}

type MnemonicValues = ValuesOf<typeof mnemonicOptions>;

/** The mnemonic that was given, or typed; undefined when there is none. Throws EPH-KEYS-MNEMONIC*. */
export async function givenMnemonic(
  context: CommandContext,
  values: MnemonicValues,
): Promise<Mnemonic | undefined> {
  refuseTogether('keys', values, [['mnemonicFile', 'mnemonicEnv']]);
  const [{ readSecret }, { readMnemonic }, { host }] = await Promise.all([
    import('../../../operations/keys/secret-input.ts'),
    import('../../../core/keys/mnemonic.ts'),
    context.services(),
  ]);
  const place = { file: values.mnemonicFile, env: values.mnemonicEnv };
  const words = await readSecret(host, place, warner(context));
  return words === undefined ? undefined : readMnemonic(words, values.language);
}

/** Empty when none was given. */
export async function givenPassphrase(context: CommandContext, values: MnemonicValues): Promise<Secret> {
  refuseTogether('keys', values, [['passphraseFile', 'passphraseEnv']]);
  const [{ readSecret }, { Secret: Hidden }, { host }] = await Promise.all([
    import('../../../operations/keys/secret-input.ts'),
    import('../../../base/secret.ts'),
    context.services(),
  ]);
  const place = { file: values.passphraseFile, env: values.passphraseEnv };
  return (await readSecret(host, place, warner(context))) ?? new Hidden('');
}

/** The password that new keystores in a folder get: given, or asked for where a person is; undefined for one of its own each. */
export async function newPassword(
  context: CommandContext,
  values: ValuesOf<typeof passwordOptions>,
): Promise<Secret | undefined> {
  const given = await givenPassword(context, values);
  const { askNewSecret, canAsk } = await import('../../output/ask-secret.ts');
  return given ?? (canAsk(context) ? askNewSecret('A password for the keystores') : undefined);
}

/** A secret from its place; undefined when none was named. */
export async function readGiven(context: CommandContext, place: SecretPlace): Promise<Secret | undefined> {
  const { readSecret } = await import('../../../operations/keys/secret-input.ts');
  return readSecret((await context.services()).host, place, warner(context));
}

/** The password of keystores that exist: given, or asked for once where a person is and `mayAsk`; nothing typed is none. */
export async function keysPassword(
  context: CommandContext,
  values: ValuesOf<typeof passwordOptions>,
  mayAsk: boolean,
): Promise<Secret | undefined> {
  const given = await givenPassword(context, values);
  const { askOptionalSecret, canAsk } = await import('../../output/ask-secret.ts');
  if (given !== undefined || !mayAsk || !canAsk(context)) return given;
  return askOptionalSecret('The password of the keystores (leave it empty where it lies beside them)');
}

/** Says that a file is no secret to others. */
function warner({ output }: CommandContext) {
  return (open: Warning) => output.warn(open);
}
