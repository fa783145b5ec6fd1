import type { ExportForm } from '../../../operations/export/export-nodes.ts';
import { type Command, command } from '../../command.ts';

function exportCommand(form: ExportForm, summary: string): Command {
  return command({
    path: ['export', form],
    summary,
    description:
      'For reading, and for trying by hand: nothing is started, and what is printed does not reset by itself. Validator clients are left out.',
    examples: [{ line: `export ${form}`, what: 'Print it' }],
    async run(context) {
      const [{ exportNodes }, services] = await Promise.all([
        import('../../../operations/export/export-nodes.ts'),
        context.services(),
      ]);
      const text = await exportNodes(services, { form, config: context.config });
      context.output.result({ form, text }, () => text.trimEnd());
      return undefined;
    },
  });
}

export const exportCommands = [
  exportCommand('compose', 'Show what runs in containers as a Compose file'),
  exportCommand('systemd', 'Show what runs as processes as systemd units'),
] as const;
