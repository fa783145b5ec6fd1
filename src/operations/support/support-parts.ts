import { open, readdir } from 'node:fs/promises';
import { arch, cpus, freemem, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { type EphemeryError, isEphemeryError, messageOf } from '../../base/errors.ts';
import { writtenConfig } from '../../config/written-config.ts';
import type { Control } from '../control/control.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { redactedConfig, redactedRefusal } from './redact-config.ts';

/** One file of a bundle, before it is scrubbed. */
export interface SupportPart {
  readonly path: string;
  readonly what: string;
  readonly text: string;
}

export interface PartSources {
  readonly services: Services;
  readonly control: () => Promise<Control>;
  /** Undefined when there is none, or it cannot be used. */
  readonly config: EffectiveConfig | undefined;
  /** Of a configuration that cannot be used: why, and what it says. */
  readonly refused?: { readonly reason: EphemeryError; readonly text: string | undefined };
  readonly logLines: number;
  readonly signal: AbortSignal;
}

type Gather = (sources: PartSources) => Promise<readonly SupportPart[]>;

const mostTailBytes = 512 * 1024;

/** What can be gathered; a part that fails leaves a note of why, and the others stay. */
export async function gatherParts(sources: PartSources): Promise<readonly SupportPart[]> {
  const parts: SupportPart[] = [];
  for (const [name, gather] of Object.entries(gatherers)) {
    sources.signal.throwIfAborted();
    try {
      parts.push(...(await gather(sources)));
    } catch (thrown) {
      sources.signal.throwIfAborted();
      const code = isEphemeryError(thrown) ? `${thrown.code} ` : '';
      const what = `why ${name} is missing`;
      parts.push({ path: `missing/${name}.txt`, what, text: `${code}${messageOf(thrown)}\n` });
    }
  }
  return parts;
}

const gatherers: Readonly<Record<string, Gather>> = {
  versions: async ({ services: { host, paths, runtimeIds } }) => [
    json('versions.json', 'versions of this program, Node and the system', {
      ephemery: host.version,
      node: process.version,
      platform: host.platform,
      arch: arch(),
      release: release(),
      cpus: cpus().length,
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      runtimes: runtimeIds,
      root: paths.root,
    }),
  ],
  configuration: async ({ config, refused }) => {
    if (config === undefined) return refused === undefined ? [] : [await refusedConfig(refused)];
    const { stringify } = await import('yaml');
    const text = stringify(redactedConfig(writtenConfig(config.config)), { lineWidth: 0 });
    return [{ path: 'ephemery.yaml', what: 'the configuration, with defaults, secrets taken out', text }];
  },
  'lock file': async ({ config }) => {
    if (config === undefined) return [];
    const text = await tailOf(join(config.folder, 'ephemery.lock'));
    return text === undefined ? [] : [{ path: 'ephemery.lock', what: 'which program each client is', text }];
  },
  status: async ({ control }) => {
    const report = await (await control()).status();
    const findings = [...report.findings, ...report.nodes.flatMap((node) => node.findings)];
    return [
      json('status.json', 'the state of the nodes, as `ephemery status --json` says it', {
        ...report,
        devnets: report.devnets.map((devnet) => ({ ...devnet, seed: '[redacted]' })),
      }),
      json('findings.json', 'what is worth telling of them', findings),
    ];
  },
  plan: async ({ control }) => [
    json('plan.json', 'what would be done next', await (await control()).plan({})),
  ],
  doctor: async ({ services, control }) => {
    const { examine } = await import('../doctor/examine.ts');
    return [json('doctor.json', 'what `ephemery doctor` finds', await examine(services, control))];
  },
  journals: async ({ services: { paths } }) => {
    const parts: SupportPart[] = [];
    for (const node of await readdir(paths.nodes).catch(() => [])) {
      const about = [
        ['journal.ndjson', `what happened to the node ${node}`],
        ['ports.json', `the ports of the node ${node}`],
      ] as const;
      for (const [file, what] of about) {
        const text = await tailOf(join(paths.nodes, node, file));
        if (text !== undefined) parts.push({ path: `nodes/${node}/${file}`, what, text });
      }
    }
    return parts;
  },
  'logs of clients': async ({ control, logLines, signal }) => {
    const texts = new Map<string, string[]>();
    const lines = (await control()).logs({ tail: logLines }, signal);
    for await (const { node, layer, line } of lines) append(texts, `logs/${node}.${layer}.log`, line);
    return logParts(texts);
  },
  'logs of local networks': async ({ services, control, logLines, signal }) => {
    const { devnets, nodes } = services.paths;
    const names = await readdir(devnets).catch(() => []);
    const ours: string[] = await readdir(nodes).catch(() => []);
    const texts = new Map<string, string[]>();
    for (const name of names) {
      // A node of the same name is meant first; its logs are here already.
      const which = ours.includes(name) ? { layer: 'service' as const } : {};
      const lines = (await control()).logs({ node: name, ...which, tail: logLines }, signal);
      for await (const { node, layer, line } of lines) append(texts, `logs/${node}.${layer}.log`, line);
    }
    return logParts(texts);
  },
  'log of the supervisor': async ({ services: { paths }, logLines }) => {
    const text = await tailOf(join(paths.logs, 'supervisor.log'));
    if (text === undefined) return [];
    const lines = text.trimEnd().split('\n').slice(-logLines);
    return [
      { path: 'logs/supervisor.log', what: `its last ${lines.length} lines`, text: `${lines.join('\n')}\n` },
    ];
  },
};

/** As it is written, where it can be read at all: throws why it was refused where not. */
async function refusedConfig({ reason, text }: NonNullable<PartSources['refused']>): Promise<SupportPart> {
  if (text === undefined) throw reason;
  const { parse, stringify } = await import('yaml');
  let written: unknown;
  try {
    written = parse(text, { maxAliasCount: 0 });
  } catch {
    throw reason;
  }
  const why = `${reason.code} ${reason.message}`.split('\n').map((line) => `# ${line}\n`);
  return {
    path: 'ephemery.yaml',
    what: 'the configuration, which was refused, secrets taken out',
    text: why.join('') + stringify(redactedRefusal(written), { lineWidth: 0 }),
  };
}

function json(path: string, what: string, value: unknown): SupportPart {
  return { path, what, text: `${JSON.stringify(value, undefined, 1)}\n` };
}

function append(texts: Map<string, string[]>, path: string, line: string): void {
  const lines = texts.get(path) ?? [];
  texts.set(path, lines);
  lines.push(line);
}

function logParts(texts: ReadonlyMap<string, readonly string[]>): SupportPart[] {
  return [...texts].map(([path, all]) => ({
    path,
    what: `its last ${all.length} lines`,
    text: `${all.join('\n')}\n`,
  }));
}

/** The last whole lines of a file; undefined when there is none. */
async function tailOf(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, mostTailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    return length < size ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    await file.close();
  }
}
