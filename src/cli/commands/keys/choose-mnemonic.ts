import { type Mnemonic, mnemonicOf, readMnemonic } from '../../../core/keys/mnemonic.ts';
import type { MnemonicLanguage } from '../../../core/keys/mnemonic-language.ts';
import { entropyLength, type MnemonicLength } from '../../../core/keys/mnemonic-lengths.ts';
import { keyUseErrors } from '../../../operations/keys/errors.ts';
import type { CommandContext } from '../../command.ts';
import { askSecret, canAsk } from '../../output/ask-secret.ts';
import { givenMnemonic } from './secret-options.ts';

export interface MnemonicChoice {
  readonly mnemonicFile: string | undefined;
  readonly mnemonicEnv: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly passphraseEnv: string | undefined;
  readonly language: MnemonicLanguage | undefined;
  readonly words: `${MnemonicLength}` | undefined;
  readonly saveMnemonic: string | undefined;
}

export interface ChosenMnemonic {
  readonly mnemonic: Mnemonic;
  /** The file that a new one is still to be written to. */
  readonly saveMnemonic?: string;
}

/**
 * The mnemonic of new keys: the given one, else a new one that its owner gets, on paper now or in a file before there are
 * keys of it. Throws EPH-KEYS-SECRET-MISSING where there is neither a file nor anybody to show it to.
 */
export async function chosenMnemonic(
  context: CommandContext,
  choice: MnemonicChoice,
): Promise<ChosenMnemonic> {
  const given = await givenMnemonic(context, choice);
  if (given !== undefined) return { mnemonic: given };
  const { random } = await context.services();
  const length = Number(choice.words ?? '24') as MnemonicLength;
  const made = mnemonicOf(random.bytes(entropyLength(length)), choice.language ?? 'english');
  if (choice.saveMnemonic !== undefined) return { mnemonic: made, saveMnemonic: choice.saveMnemonic };
  if (!canAsk(context)) {
    const options = '--mnemonic-file, --mnemonic-env, or --save-mnemonic for a new one';
    throw keyUseErrors.create('EPH-KEYS-SECRET-MISSING', { what: 'A mnemonic', options });
  }
  return { mnemonic: await shown(context, made) };
}

async function shown({ output }: CommandContext, made: Mnemonic): Promise<Mnemonic> {
  output.note('Write these words down, in this order. They are shown once, and give all keys back:\n');
  output.note(`  ${made.words.reveal()}\n`);
  await askSecret('Type them again (four letters each will do)', (given) => {
    try {
      const read = readMnemonic(given, made.language);
      return read.words.reveal() === made.words.reveal() ? undefined : 'These are other words.';
    } catch {
      return 'These are other words.';
    }
  });
  return made;
}
