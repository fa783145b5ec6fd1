import { command } from '../../command.ts';
import { flag } from '../../option.ts';
import { scopeOf, systemOption } from './scope-option.ts';

export const serviceInstallCommand = command({
  path: ['service', 'install'],
  summary: 'Have systemd keep the supervisor running, also after a reboot',
  description:
    'Writes a unit that runs `ephemery up` for this home and this configuration, enables it and starts it. Nodes outlive the service.',
  options: { system: systemOption, dryRun: flag('Print the unit and where it would go; change nothing.') },
  examples: [
    { line: 'service install --dry-run', what: 'Read the unit first' },
    { line: 'service install --system', what: 'For a machine without a logged-in user' },
  ],
  async run(context, { options }) {
    const [{ installService, planService }, services] = await Promise.all([
      import('../../../operations/service/service.ts'),
      context.services(),
    ]);
    const wish = { scope: scopeOf(options), config: context.config };
    if (options.dryRun) {
      const plan = await planService(services, wish);
      context.output.result(plan, () => `# ${plan.file}\n${plan.text.trimEnd()}`);
      return undefined;
    }
    const file = await installService(services, wish);
    const linger = 'It runs while you are logged in; `loginctl enable-linger` lets it run from boot on.';
    const more = options.system ? '' : `\n${linger}`;
    context.output.result({ file }, () => `Installed and started: ${file}${more}`);
    return undefined;
  },
});
