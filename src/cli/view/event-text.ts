import { formatDuration } from '../../base/duration.ts';
import type { EventReport } from '../../operations/control/reports.ts';
import type { Style } from '../output/style.ts';
import { fetchText } from './fetch-text.ts';

/** An event as a line for people; undefined for those that say nothing to them. */
export function eventText(event: EventReport, style: Style): string | undefined {
  const words = wordsOf(event, style);
  return words === undefined ? undefined : `${style.faint(timeOf(event.atMs))} ${words}`;
}

function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

type Words = (event: EventReport, style: Style) => string | undefined;

const duration = (value: unknown) => formatDuration(Number(value));

const words: Readonly<Record<string, Words>> = {
  'supervisor.started': ({ nodes, root }) => `Keeping ${listed(nodes)} in ${root}`,
  'supervisor.applied': ({ nodes }) => `The configuration was read again: ${listed(nodes)}`,
  'supervisor.ending': ({ nodes }) =>
    nodes === 'stopping' ? 'Stopping everything…' : 'Leaving everything running',
  'supervisor.ended': () => 'Ended',
  'fetch.progress': ({ what, bytes, totalBytes }) => fetchText(String(what), Number(bytes), totalBytes),
  'devnet.started': (event) =>
    `The local network ${event.network} runs: a reset every ${duration(Number(event.periodSeconds) * 1_000)}, ` +
    `slots of ${event.slotSeconds} s, seed ${event.seed}`,
  'devnet.exited': ({ network }, style) =>
    style.bad(
      `The local network ${network} ended by itself; logs/${network}.service.log in the home says why`,
    ),
  'devnet.finding': ({ network, holds, finding }, style) => {
    const { code, long } = finding as { code: string; long: string };
    return holds === true ? `${network}: ${style.bad(code)} ${long}` : `${network}: over: ${code}`;
  },
  'devnet.stopped': ({ network }) => `The local network ${network} is stopped`,
  'step.done': ({ node, step, durationMs }, style) =>
    `${node}: ${step} ${style.faint(`(${duration(durationMs)})`)}`,
  'step.failed': ({ node, step, code, detail }, style) =>
    `${node}: ${style.bad(`${step} failed`)}: ${code} ${detail}`,
  'reset.started': (event, style) =>
    style.strong(
      `${event.node}: ${event.cause === 'first' ? 'first start' : 'reset'} to iteration ${event.iteration}`,
    ),
  'reset.completed': (event, style) =>
    style.good(`${event.node}: on iteration ${event.iteration}, proven after ${duration(event.totalMs)}`) +
    style.faint(` (chain id ${event.chainId}; ours of it ${duration(event.ownMs)})`),
  'reset.live': (event, style) => style.good(`${event.node}: iteration ${event.iteration} is live`),
  'checkpoint.chosen': ({ node, from, url, epoch, reason }) =>
    from === 'checkpoint'
      ? `${node}: the consensus client begins at epoch ${epoch}, as ${url} and others say`
      : `${node}: the consensus client begins at genesis: ${reason}`,
  'checkpoint.held': ({ node, epoch }) =>
    `${node}: the consensus client has the block of epoch ${epoch} that the providers agree on`,
  'unit.exited': (event, style) =>
    style.bad(
      `${event.node}: ${event.layer} ${event.wasRemoved ? 'was removed by somebody else' : `ended${event.exitCode === undefined ? '' : ` with code ${event.exitCode}`}`}`,
    ),
  'finding.raised': ({ node, finding }, style) => {
    const { code, severity, long } = finding as { code: string; severity: string; long: string };
    const mark = severity === 'critical' ? style.bad(code) : style.warning(code);
    return severity === 'info' ? undefined : `${node}: ${mark} ${long}`;
  },
  'finding.cleared': ({ node, finding }) => {
    const { code, severity } = finding as { code: string; severity: string };
    return severity === 'info' ? undefined : `${node}: over: ${code}`;
  },
};

function wordsOf(event: EventReport, style: Style): string | undefined {
  return words[event.type]?.(event, style);
}

function listed(value: unknown): string {
  const names = Array.isArray(value) ? value.map(String) : [];
  return names.length === 0 ? 'no node' : names.join(', ');
}
