import { describe, expect, it } from 'vitest';
import { chaosCommands } from '../../cli/commands/devnet/chaos.ts';
import { releaserCommands } from '../../cli/commands/devnet/releaser.ts';
import { groupSummaries } from '../../cli/group-summaries.ts';
import { chaosCommand } from '../../mayfly/chaos/chaos-command.ts';
import { faultKinds } from '../../releases/serve/faults.ts';
import { commands } from './commands.ts';

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

describe('words that only group commands', () => {
  it('say each what is under them, and no word is told that groups nothing', () => {
    const paths = commands.map(({ path }) => path.join(' '));
    const groups = commands.flatMap(({ path }) =>
      path.slice(1).map((_word, depth) => path.slice(0, depth + 1).join(' ')),
    );
    const only = [...new Set(groups)].filter((group) => !paths.includes(group));
    expect(Object.keys(groupSummaries).toSorted()).toEqual(only.toSorted());
  });
});
