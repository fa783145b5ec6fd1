import { systemdCommand, systemdEnvironment, systemdValue } from '../service/systemd-text.ts';
import { exportHeader } from './export-header.ts';
import type { ExportedUnit } from './exported-units.ts';

/** One unit file a program, each under its file's name. */
export function systemdUnits(units: readonly ExportedUnit[]): string {
  const header = exportHeader(units, 'one file a section, in /etc/systemd/system');
  return (
    header + units.map((unit) => `\n# ---- ephemery-${dashed(unit)}.service\n${unitFile(unit)}`).join('')
  );
}

function dashed({ spec }: ExportedUnit): string {
  return spec.name.replaceAll('.', '-');
}

function unitFile({ node, program, spec }: ExportedUnit): string {
  const env = Object.entries({ ...program.env, ...spec.env });
  const folder = spec.mounts.find(({ key }) => key === spec.workingMount)?.hostPath;
  const isExecution = spec.name.endsWith('.execution');
  const lines = [
    '[Unit]',
    `Description=${systemdValue(`${program.client} ${program.version}, of the node ${node}`)}`,
    ...(isExecution ? [] : [`After=ephemery-${node}-execution.service`]),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${systemdCommand([...program.command, ...spec.args])}`,
    ...env.map(([key, value]) => `Environment=${systemdEnvironment(key, value)}`),
    ...(folder === undefined ? [] : [`WorkingDirectory=${systemdValue(folder)}`]),
    `KillSignal=${spec.stop.signal}`,
    `TimeoutStopSec=${Math.ceil(spec.stop.deadlineMs / 1000)}`,
    'Restart=on-failure',
  ];
  return `${lines.join('\n')}\n`;
}
