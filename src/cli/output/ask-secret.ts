import { Secret } from '../../base/secret.ts';
import type { CommandContext } from '../command.ts';
import { pressedCtrlC } from './ctrl-c.ts';

/** True when a person is there to be asked: both ends are a terminal, and no JSON was wanted. */
export function canAsk({ output }: Pick<CommandContext, 'output'>): boolean {
  return output.interactive && process.stdin.isTTY === true;
}

/** Asks for a secret without showing it. Ctrl-C ends the command. */
export async function askSecret(
  message: string,
  check?: (given: Secret) => string | undefined,
): Promise<Secret> {
  const { isCancel, password } = await import('@clack/prompts');
  const given = await password({
    message,
    output: process.stderr,
    validate: (text) => {
      if (text === undefined || text === '') return 'Nothing was typed.';
      return check?.(new Secret(text));
    },
  });
  if (isCancel(given)) return pressedCtrlC();
  return new Secret(given);
}

/** Asks twice, so that a slip of the finger locks nothing for ever. */
export async function askNewSecret(message: string): Promise<Secret> {
  const first = await askSecret(message, (given) =>
    given.reveal().length < 8 ? 'Use at least 8 characters.' : undefined,
  );
  return askSecret('Once more', (given) =>
    given.reveal() === first.reveal() ? undefined : 'It is not the same.',
  );
}

/** Asks without insisting; undefined when nothing was typed. Ctrl-C ends the command. */
export async function askOptionalSecret(message: string): Promise<Secret | undefined> {
  const { isCancel, password } = await import('@clack/prompts');
  const given = await password({ message, output: process.stderr });
  if (isCancel(given)) return pressedCtrlC();
  return given === undefined || given === '' ? undefined : new Secret(given);
}
