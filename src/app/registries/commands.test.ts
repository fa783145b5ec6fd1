import { describe, expect, it } from 'vitest';
import { chaosCommands } from '../../cli/commands/devnet/chaos.ts';
import { releaserCommands } from '../../cli/commands/devnet/releaser.ts';
import { chaosCommand } from '../../mayfly/chaos/chaos-command.ts';
import { faultKinds } from '../../releases/serve/faults.ts';

const lastWords = (commands: readonly { readonly path: readonly string[] }[]) =>
  commands.map(({ path }) => path.at(-1)).toSorted();

describe('commands that disturb a devnet', () => {
  it('are there for every fault that the releaser knows', () => {
    expect(lastWords(releaserCommands)).toEqual([...faultKinds, 'clear', 'list'].toSorted());
  });

  it('are there for everything that can be ordered of the producer', () => {
    const kinds = chaosCommand.options.map(({ shape }) => shape.kind.value);
    const words = kinds.map((kind) => (kind === 'stall-api' ? 'stall' : kind));
    expect(lastWords(chaosCommands)).toEqual([...words, 'clear', 'list'].toSorted());
  });
});
