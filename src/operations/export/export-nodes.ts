import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import { someMadeNodes } from '../fleet/made-nodes.ts';
import type { Services } from '../services.ts';
import { exportErrors } from './errors.ts';
import { exportedUnits } from './exported-units.ts';

export type ExportForm = 'compose' | 'systemd';

const runtimeOf = { compose: 'container', systemd: 'process' } as const;

/**
 * What would run now, as a file of another program. Starts nothing. Throws EPH-EXPORT-NONE,
 * EPH-EXPORT-NO-RELEASE, EPH-EXPORT-PROGRAM-MISSING, and what is wrong with the configuration.
 */
export async function exportNodes(
  services: Services,
  wish: ConfigWish & { readonly form: ExportForm },
): Promise<string> {
  const config = await someMadeNodes(await effectiveConfig(services, wish), services.paths.root, undefined);
  const runtime = runtimeOf[wish.form];
  const opened = await services.openFleet({ config, emit: () => undefined, readOnly: true });
  try {
    const nodes = opened.nodes.filter(({ environment }) => environment.runtime.id === runtime);
    if (nodes.length === 0) throw exportErrors.create('EPH-EXPORT-NONE', { form: wish.form, runtime });
    const units = (await Promise.all(nodes.map(exportedUnits))).flat();
    if (wish.form === 'systemd') return (await import('./systemd-units.ts')).systemdUnits(units);
    const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const { composeFile } = await import('./compose-file.ts');
    return await composeFile(units, { rootPath: services.paths.root, user });
  } finally {
    await opened.close();
  }
}
