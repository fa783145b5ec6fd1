import { command } from '../../command.ts';
import { scopeOf, systemOption } from './scope-option.ts';

export const serviceUninstallCommand = command({
  path: ['service', 'uninstall'],
  summary: 'Stop the service and remove it; nodes run on',
  options: { system: systemOption },
  examples: [{ line: 'service uninstall', what: 'Then `ephemery up` or `ephemery down` by hand' }],
  async run(context, { options }) {
    const [{ uninstallService }, services] = await Promise.all([
      import('../../../operations/service/service.ts'),
      context.services(),
    ]);
    const removed = await uninstallService(services, { scope: scopeOf(options) });
    context.output.result({ removed }, () =>
      removed ? 'Removed. Nodes run on; `ephemery down` stops them.' : 'No service is installed.',
    );
    return undefined;
  },
});
