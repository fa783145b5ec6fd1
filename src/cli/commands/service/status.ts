import { command } from '../../command.ts';
import { scopeOf, systemOption } from './scope-option.ts';

export const serviceStatusCommand = command({
  path: ['service', 'status'],
  summary: 'Show whether the service is installed, enabled and active',
  options: { system: systemOption },
  examples: [{ line: 'service status', what: 'What systemd says of it' }],
  async run(context, { options }) {
    const [{ serviceStatus }, services] = await Promise.all([
      import('../../../operations/service/service.ts'),
      context.services(),
    ]);
    const report = await serviceStatus(services, { scope: scopeOf(options) });
    context.output.result(report, () =>
      report.installed
        ? `${report.file}: ${report.enabled}, ${report.active}${report.ours ? '' : ' (of another home)'}`
        : 'No service is installed.',
    );
    return undefined;
  },
});
