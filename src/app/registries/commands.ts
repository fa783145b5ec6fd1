import type { Command } from '../../cli/command.ts';
import { completionCommand } from '../../cli/commands/completion/completion.ts';
import { initCommand } from '../../cli/commands/config/init.ts';
import { devnetRunCommand } from '../../cli/commands/devnet/run.ts';
import { upCommand } from '../../cli/commands/root/up.ts';

/** Every command, in the order of help and reference. */
export const commands: readonly Command[] = [
  upCommand,
  initCommand,
  devnetRunCommand,
  completionCommand(() => commands),
];
