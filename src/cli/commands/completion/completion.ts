import type { Command } from '../../command.ts';
import { command } from '../../command.ts';
import { shells } from '../../completion/scripts.ts';
import { choice, required } from '../../option.ts';

/** The script is made from all commands, this one among them. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return command({
    path: ['completion'],
    summary: 'Print the completion script of a shell',
    args: { shell: required(choice(shells, 'The shell that is to complete.')) },
    examples: [
      {
        line: 'completion bash > ~/.local/share/bash-completion/completions/ephemery',
        what: 'For bash, for good',
      },
      { line: 'completion fish | source', what: 'For fish, in this shell' },
    ],
    async run({ output }, { args }) {
      const { completionScript } = await import('../../completion/scripts.ts');
      const { completionPlaces } = await import('../../completion/words.ts');
      const script = completionScript(args.shell, completionPlaces(commands()));
      output.result({ shell: args.shell, script }, () => script);
      return undefined;
    },
  });
}
