import { expect, it } from 'vitest';
import type { CommandContext } from '../../command.ts';
import { logsCommand } from './logs.ts';

const nobody = {} as CommandContext;
const asked = (unit: string, layer?: 'execution' | 'consensus') =>
  logsCommand.run(nobody, {
    args: { unit },
    options: { layer, tail: undefined, follow: false },
    rest: [],
  } as never);

it('a client that there is none of is refused rather than all shown', async () => {
  await expect(asked('home.nolayer')).rejects.toMatchObject({
    code: 'EPH-CLI-VALUE',
    facts: { given: 'home.nolayer' },
  });
  await expect(asked('home.execution.more')).rejects.toMatchObject({ code: 'EPH-CLI-VALUE' });
});

it('two clients at once are refused', async () => {
  await expect(asked('home.execution', 'consensus')).rejects.toMatchObject({ code: 'EPH-CLI-USAGE' });
});
