import type { TaskSpec } from '../../core/clients/units.ts';
import type { InstalledProgram } from '../../runtimes/runtime.ts';
import { systemdCommand, systemdEnvironment, systemdValue } from '../service/systemd-text.ts';
import { exportErrors } from './errors.ts';
import { exportHeader } from './export-header.ts';
import type { ExportedUnit } from './exported-units.ts';

/** One unit file a program, each under its file's name. Throws EPH-EXPORT-PROGRAM-MISSING. */
export function systemdUnits(units: readonly ExportedUnit[]): string {
  const header = exportHeader(units, 'one file a section, in ~/.config/systemd/user');
  return (
    header + units.map((unit) => `\n# ---- ephemery-${dashed(unit)}.service\n${unitFile(unit)}`).join('')
  );
}

/** Its environment is the unit's: every client gives both the same. */
function taskCommand({ command }: InstalledProgram, { args }: TaskSpec): readonly string[] {
  return [...command, ...args];
}

/** All of them at their longest, and a start as long as systemd waits unless told. */
function secondsOf(tasks: readonly TaskSpec[]): number {
  return 90 + Math.ceil(tasks.reduce((sum, { deadlineMs }) => sum + deadlineMs, 0) / 1000);
}

function dashed({ spec }: ExportedUnit): string {
  return spec.name.replaceAll('.', '-');
}

function unitFile({ node, program, inside, spec, tasks }: ExportedUnit): string {
  const { client, version, absent } = program;
  if (absent !== undefined)
    throw exportErrors.create('EPH-EXPORT-PROGRAM-MISSING', { node, client, version, origin: absent });

  const env = Object.entries({ ...program.env, ...spec.env });
  const folder = spec.mounts.find(({ key }) => key === spec.workingMount)?.hostPath;
  const carrying = inside === undefined ? '' : `, with ${inside} inside`;
  const isExecution = spec.name.endsWith('.execution');
  const lines = [
    '[Unit]',
    `Description=${systemdValue(`${program.client} ${program.version}${carrying}, of the node ${node}`)}`,
    ...(isExecution ? [] : [`After=ephemery-${node}-execution.service`]),
    '',
    '[Service]',
    'Type=exec',
    ...tasks.map((task) => `ExecStartPre=${systemdCommand(taskCommand(program, task))}`),
    ...(tasks.length === 0 ? [] : [`TimeoutStartSec=${secondsOf(tasks)}`]),
    `ExecStart=${systemdCommand([...program.command, ...spec.args])}`,
    ...env.map(([key, value]) => `Environment=${systemdEnvironment(key, value)}`),
    ...(folder === undefined ? [] : [`WorkingDirectory=${systemdValue(folder)}`]),
    `KillSignal=${spec.stop.signal}`,
    `TimeoutStopSec=${Math.ceil(spec.stop.deadlineMs / 1000)}`,
    'Restart=on-failure',
  ];
  return `${lines.join('\n')}\n`;
}
