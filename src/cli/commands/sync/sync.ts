import { command } from '../../command.ts';
import { flag, text } from '../../option.ts';

const everyMs = 2_000;

export const syncCommand = command({
  path: ['sync'],
  summary: 'Show how far the clients are, how fast, and when they arrive',
  description:
    'Both layers with their stage, the speed of the last ten minutes, and the arrival that follows from it, the moving head counted in. In brackets the arrival at the speeds of the better and the worse half of the looks. Without a living supervisor there is one look and no speed.',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  options: { watch: flag('Draw it anew every two seconds until Ctrl-C.') },
  examples: [
    { line: 'sync home --watch', what: 'Until it has arrived' },
    { line: "sync --json | jq '.[].layers[].arrival'", what: 'For scripts' },
  ],
  async run(context, { args, options }) {
    const { output, signal, config } = context;
    const [{ openControl }, { syncText }, { withProgress }, services] = await Promise.all([
      import('../../../operations/open-control.ts'),
      import('../../view/sync-text.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const control = await openControl(services, { config });
    const ask = () => control.sync(args.node === undefined ? {} : { node: args.node });
    const human = (reports: Awaited<ReturnType<typeof ask>>) =>
      reports.length === 0
        ? 'No node is configured.'
        : reports.map((report) => syncText(report, output.style)).join('\n');
    if (!options.watch) {
      const reports = await withProgress({ output, clock: services.clock }, 'Asking', ask);
      output.result(reports, () => human(reports));
      return undefined;
    }
    if (output.interactive) {
      const { LiveView } = await import('../../view/live-view.ts');
      const view = new LiveView(output, services.clock);
      await view.follow(async () => human(await ask()), signal);
      view.end();
      return undefined;
    }
    while (!signal.aborted) {
      const reports = await ask();
      output.item(reports, () => human(reports));
      await services.clock.sleep(everyMs, signal).catch(() => undefined);
    }
    return undefined;
  },
});
