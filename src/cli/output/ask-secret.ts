import { Secret } from '../../base/secret.ts';
import type { CommandContext } from '../command.ts';

/** True when a person is there to be asked: both ends are a terminal, and no JSON was wanted. */
export function canAsk({ output }: Pick<CommandContext, 'output'>): boolean {
  return output.interactive && process.stdin.isTTY === true;
}

/** Asks for a secret without showing it; undefined when the person gave up. */
export async function askSecret(
  message: string,
  check?: (given: Secret) => string | undefined,
): Promise<Secret | undefined> {
  const { isCancel, password } = await import('@clack/prompts');
  const given = await password({
    message,
    output: process.stderr,
    validate: (text) => {
      if (text === undefined || text === '') return 'Nothing was typed.';
      return check?.(new Secret(text));
    },
  });
  return isCancel(given) ? undefined : new Secret(given);
}

/** Asks twice, so that a slip of the finger locks nothing for ever. */
export async function askNewSecret(message: string): Promise<Secret | undefined> {
  const first = await askSecret(message, (given) =>
    given.reveal().length < 8 ? 'Use at least 8 characters.' : undefined,
  );
  if (first === undefined) return undefined;
  return askSecret('Once more', (given) =>
    given.reveal() === first.reveal() ? undefined : 'It is not the same.',
  );
}

/** Asks without insisting; undefined when nothing was typed. */
export async function askOptionalSecret(message: string): Promise<Secret | undefined> {
  const { isCancel, password } = await import('@clack/prompts');
  const given = await password({ message, output: process.stderr });
  return isCancel(given) || given === undefined || given === '' ? undefined : new Secret(given);
}
