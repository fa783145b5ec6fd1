import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';

export const doctorCommand = command({
  path: ['doctor'],
  summary: 'Look for what is wrong with this host and home',
  description:
    'Ports, disk, clock, permissions, programs and versions, left-over locks: each with what to do about it. Ends with exit code 3 when something critical was found.',
  examples: [{ line: 'doctor', what: 'Before the first `up`, and whenever something is odd' }],
  async run(context) {
    const { output, config } = context;
    const [{ openControl }, { findingText }, { withProgress }, services] = await Promise.all([
      import('../../../operations/open-control.ts'),
      import('../../view/finding-text.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const findings = await withProgress({ output, clock: services.clock }, 'Looking', async () => {
      const { examine } = await import('../../../operations/doctor/examine.ts');
      return examine(services, () => openControl(services, { config }));
    });
    output.result(findings, () =>
      findings.length === 0
        ? output.style.good('Nothing is wrong.')
        : findings.map((finding) => findingText(finding, output.style)).join('\n'),
    );
    return findings.some(({ severity }) => severity === 'critical') ? exitCodes.found.code : undefined;
  },
});
