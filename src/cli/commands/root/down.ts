import type { CommandContext } from '../../command.ts';
import { command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag } from '../../option.ts';

export const downCommand = command({
  path: ['down'],
  summary: 'Stop every node, and the supervisor',
  description:
    'With --purge it then removes what can be fetched or made again, after it has shown what goes.\nKeys, slashing protection and node identities always stay.',
  options: {
    purge: flag('Then remove chain data, releases, local networks, ended containers and logs.'),
    yes: flag('Do not ask before removing.'),
  },
  examples: [
    { line: 'down', what: 'Stop everything' },
    { line: 'down --purge', what: 'And begin anew the next time' },
  ],
  async run(context, { options }) {
    const { output, config, signal } = context;
    const [{ down }, { withProgress }, services] = await Promise.all([
      import('../../../operations/down.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const purge = options.purge ? await chosenPurge(context, options.yes) : undefined;
    if (options.purge && purge === undefined) {
      output.note('Nothing was stopped or removed.');
      return exitCodes.error.code;
    }
    const progress = { output, clock: services.clock };
    const nodes = await withProgress(progress, 'Stopping', () => down(services, { config }, signal));
    if (purge !== undefined) await withProgress(progress, 'Removing', purge.remove);
    const purged = purge?.items ?? [];
    output.result({ nodes, purged }, () =>
      [
        nodes.length === 0 ? 'Nothing was running.' : `Stopped ${nodes.join(', ')}.`,
        ...(purge === undefined ? [] : [removedText(purged.map(({ what }) => what))]),
      ].join('\n'),
    );
    return undefined;
  },
});

/** Shows what goes and asks; undefined when the answer is no. Throws EPH-CLI-CONFIRM where nobody can be asked. */
async function chosenPurge(context: CommandContext, isAgreed: boolean) {
  const { output, config, signal } = context;
  const { listPurge, purge } = await import('../../../operations/purge.ts');
  const { formatBytes } = await import('../../output/bytes.ts');
  const services = await context.services();
  const items = await listPurge(services);
  const total = formatBytes(items.reduce((sum, { bytes }) => sum + bytes, 0));
  for (const { what, path, bytes } of items)
    output.note(`  ${what}: ${path}${bytes === 0 ? '' : ` (${formatBytes(bytes)})`}`);
  output.note('Keys, slashing protection and node identities stay.');
  const remove = () => purge(services, { config }, items);
  if (isAgreed || items.length === 0) return { items, remove };
  if (!output.interactive || !process.stdin.isTTY) {
    throw cliErrors.create('EPH-CLI-CONFIRM', {
      what: `remove ${items.map(({ path }) => path).join(', ')}`,
    });
  }
  const { confirm } = await import('../../output/confirm.ts');
  return (await confirm(`Stop everything and remove these (${total})?`, signal))
    ? { items, remove }
    : undefined;
}

function removedText(what: readonly string[]): string {
  return what.length === 0 ? 'There was nothing to remove.' : `Removed ${what.join(', ')}.`;
}
