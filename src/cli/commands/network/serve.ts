import { command } from '../../command.ts';
import { integer, requiredText, text, withDefault } from '../../option.ts';

export const networkServeCommand = command({
  path: ['network', 'serve'],
  summary: 'Serve releases over HTTP as the public host and a mirror do',
  description:
    'Runs until Ctrl-C. On a loopback address it also takes faults, as `ephemery devnet releaser` sets them.',
  args: {
    folder: requiredText('folder', 'Holds one folder a release, each named after its tag; or one release.', {
      completes: 'folder',
    }),
  },
  options: {
    port: withDefault(integer('The port to listen on; 0 takes any free one.', { least: 0, most: 65_535 }), 0),
    host: withDefault(text('address', 'The address to listen on.'), '127.0.0.1'),
  },
  examples: [
    {
      line: 'network serve ./releases --port 8080',
      what: 'What `network build` made, for this machine alone',
    },
  ],
  async run(context, { args, options }) {
    const [{ serveReleases }, services] = await Promise.all([
      import('../../../operations/network/serve-releases.ts'),
      context.services(),
    ]);
    const { output, signal } = context;
    await serveReleases(
      services,
      { ...options, folder: args.folder },
      {
        signal,
        onServing: (report) =>
          output.result(
            report,
            () =>
              `Serving ${report.tags.join(', ')} from ${report.folder}\n  as a github source: ${report.url}\n  as a mirror source: ${report.mirrorUrl}`,
          ),
      },
    );
    return undefined;
  },
});
