import { formatDuration } from '../../base/duration.ts';
import type { ClientReport, NodeReport, RootReport } from '../../operations/control/reports.ts';
import { beginsLater } from '../../operations/network/begins-later.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';
import { fetchText } from './fetch-text.ts';
import { nodeKeysText } from './node-keys-text.ts';

/** The state of a root for people. */
export function statusText(report: RootReport, style: Style): string {
  const parts = [
    headText(report, style),
    ...beginningText(report.supervisor, style),
    ...report.devnets.map(
      (devnet) =>
        `${style.strong(devnet.network)} (local network): ${devnet.state}, slots of ${devnet.slotSeconds} s, ` +
        `a reset every ${formatDuration(devnet.periodSeconds * 1_000)}, seed ${devnet.seed}`,
    ),
    ...report.findings.map(({ code, long, remedy }) => `${style.warning(code)} ${long}\n  ${remedy}`),
    ...report.nodes.map((node) => nodeText(node, report.atMs, style)),
    ...(report.beginsWithUp ?? []).map(
      ({ node, network }) => `${style.strong(node)}: ${beginsLater(network)}.`,
    ),
  ];
  return parts.join('\n');
}

function headText({ supervisor, root, nodes, atMs, config }: RootReport, style: Style): string {
  if (config === undefined && nodes.length === 0) {
    return `Nothing was ever started in ${root}. Begin with \`ephemery up\`, or with \`ephemery up --network devnet\` for a network of your own.`;
  }
  if (supervisor === undefined) return style.warning(`No supervisor is alive on ${root}`);
  const sinceMs = formatDuration(atMs - supervisor.sinceMs);
  return style.faint(`Supervisor ${supervisor.pid}, up ${sinceMs}, ${root}`);
}

/** That it keeps no node yet, and what for. */
function beginningText(supervisor: RootReport['supervisor'], style: Style): readonly string[] {
  if (supervisor?.beginning === undefined) return [];
  const { fetching } = supervisor.beginning;
  return [
    style.warning('It begins once a node has its programs'),
    ...fetching.map(({ what, bytes, totalBytes }) => `  ${fetchText(what, bytes, totalBytes)}`),
  ];
}

function nodeText(node: NodeReport, atMs: number, style: Style): string {
  const lines = [
    `${style.strong(node.name)} on ${node.network}: ${stateText(node, atMs, style)}`,
    `  iteration ${iterationText(node)}, next reset in ${formatDuration(node.nextResetAtMs - atMs)}${node.held ? ', held' : ''}`,
    ...missedText(node, style),
    ...(node.doing === undefined ? [] : [`  ${style.faint(`next: ${node.doing}`)}`]),
    indented(tableText(node.clients.map((client) => clientRow(client, node, { atMs, style })))),
    ...nodeKeysText(node, style).map(indented),
    ...waitingText(node, style),
    ...node.findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ code, long, remedy }) => `  ${style.warning(code)} ${long}\n    ${remedy}`),
  ];
  return lines.join('\n');
}

/** Why the validator client does not run yet, with the count of quiet epochs while it is known. */
function waitingText({ findings }: NodeReport, style: Style): readonly string[] {
  const told =
    findings.find(({ code }) => code === 'EPH-VALIDATORS-WATCHING') ??
    findings.find(({ code }) => code === 'EPH-NODE-KEYS-UNSEEN');
  return told === undefined ? [] : [style.warning(`  ${told.long}`)];
}

const goodStates: readonly string[] = ['live', 'proven'];
/** A client that is busy answers late; a word about the node waits for more than that. */
const silenceWorthTellingMs = 60_000;

function stateText({ state, clients }: NodeReport, atMs: number, style: Style): string {
  const silent = clients.filter((client) => silentForMs(client, atMs) >= silenceWorthTellingMs);
  if (goodStates.includes(state) && silent.length > 0) {
    const layers = silent.map(({ layer }) => layer).join(' and ');
    return style.warning(`was ${state}, and now ${layers} ${silent.length > 1 ? 'do' : 'does'} not answer`);
  }
  if (goodStates.includes(state)) return style.good(state);
  return state === 'failing' || state === 'elsewhere' || state === 'unknown'
    ? style.bad(state)
    : style.warning(state);
}

/** Since it answered last; 0 when it answers, does not run or is none that is asked. */
function silentForMs({ layer, state, head, lastAnswerAtMs }: ClientReport, atMs: number): number {
  if (layer === 'validator' || state !== 'running' || head !== undefined) return 0;
  return lastAnswerAtMs === undefined ? 0 : atMs - lastAnswerAtMs;
}

function missedText({ resetsMissed }: NodeReport, style: Style): readonly string[] {
  if (resetsMissed === undefined) return [];
  if (resetsMissed === 0) return [style.faint('  only observed; no reset missed')];
  return [style.bad(`  only observed; ${resetsMissed} reset(s) missed`)];
}

/** One number when the three facts agree, else all three. */
function iterationText({ wanted, running, available }: NodeReport): string {
  if (wanted !== undefined && wanted === running) return String(wanted);
  const held = available.length === 0 ? 'none' : available.join(' and ');
  return `wanted ${wanted ?? 'not known'}, available ${held}, running ${running ?? 'not known'}`;
}

function clientRow(
  client: ClientReport,
  { clients }: Pick<NodeReport, 'clients'>,
  { atMs, style }: { readonly atMs: number; readonly style: Style },
): readonly string[] {
  const { layer, state, network, head, syncDistance } = client;
  const up = state === 'running' ? style.good(state) : style.warning(state);
  const where = network === 'wrong' ? style.bad('wrong network') : '';
  const behind = syncDistance === undefined || syncDistance === 0 ? '' : `, ${syncDistance} behind`;
  const silentMs = silentForMs(client, atMs);
  const silence = silentMs > 0 ? style.warning(`no answer for ${formatDuration(silentMs)}`) : '';
  const at = head === undefined ? silence : `${layer === 'execution' ? 'block' : 'slot'} ${head}${behind}`;
  const ports = Object.entries(client.ports).map(([name, port]) => `${name} ${port}`);
  if (client.url !== undefined) ports.push(client.url);
  const host = clients.find((other) => other.layer === client.inside);
  const inside = host === undefined ? '' : `, inside ${host.client}`;
  return [
    layer,
    `${client.client} ${client.version}${inside}`,
    up,
    where || at,
    style.faint(ports.join(', ')),
  ];
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
