import type { FetchProgress } from '../../base/fetches.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { chosenNodes } from '../control/chosen-nodes.ts';
import type { Control } from '../control/control.ts';
import type { EventHub } from '../control/event-hub.ts';
import type {
  DoneReport,
  EventReport,
  FindingReport,
  LogReport,
  PlanReport,
  RootReport,
} from '../control/reports.ts';
import type {
  ConsentRequest,
  EventsRequest,
  LogsRequest,
  NodesRequest,
  PlanRequest,
  RecoverRequest,
  ResetRequest,
} from '../control/requests.ts';
import type { PeersReport, SyncReport } from '../control/watch-reports.ts';
import { reportExternal } from '../external/external-report.ts';
import { keyFindings } from '../keys/key-findings.ts';
import type { NodeController, NodeStatus } from '../node/node-controller.ts';
import { devnetMeant, readDevnetLogs } from '../report/devnet-logs.ts';
import { readHookLogs } from '../report/hook-logs.ts';
import { KeyStandings } from '../report/key-standings.ts';
import { readNodeLogs } from '../report/node-logs.ts';
import { reportNode } from '../report/node-report.ts';
import { reportPlan } from '../report/plan-report.ts';
import type { EffectiveConfig, OpenedFleet, Services } from '../services.ts';
import { requireConsent } from '../sync/require-consent.ts';
import type { RootWatch } from '../sync/root-watch.ts';
import { type DevnetUnits, devnetFacts } from './devnet-units.ts';

export interface SupervisorParts {
  readonly services: Services;
  readonly hub: EventHub;
  readonly devnets: DevnetUnits;
  readonly watch: RootWatch;
  readonly sinceMs: number;
  /** What is worth telling of the root as a whole. */
  readonly rootFindings: () => readonly Finding[];
  readonly opened: () => OpenedFleet | undefined;
  /** What is being fetched while it waits for the first programs; undefined once it keeps its nodes. */
  readonly beginning: () => { readonly fetching: readonly FetchProgress[] } | undefined;
  readonly config: () => EffectiveConfig;
  readonly apply: () => Promise<readonly string[]>;
  readonly down: () => Promise<readonly string[]>;
}

/** A root as its supervisor answers for it. */
export class SupervisorControl implements Control {
  private readonly parts: SupervisorParts;
  private readonly standings = new KeyStandings();

  constructor(parts: SupervisorParts) {
    this.parts = parts;
  }

  async status(): Promise<RootReport> {
    const { services, devnets, sinceMs, config, rootFindings, beginning } = this.parts;
    const { version } = services.host;
    const begins = beginning();
    const supervisor = { pid: process.pid, sinceMs, memoryBytes: process.memoryUsage.rss() };
    return {
      version,
      root: services.paths.root,
      config: config().id,
      supervisor:
        begins === undefined ? supervisor : { ...supervisor, beginning: { fetching: [...begins.fetching] } },
      atMs: services.clock.nowMs(),
      nodes: await this.nodeReports(),
      devnets: await Promise.all(
        devnets.all.map(async (settings) => ({
          ...devnetFacts(settings),
          state: await devnets.state(settings.name),
        })),
      ),
      findings: [...rootFindings(), ...(await keyFindings(services))].map((finding) => ({
        ...finding,
        facts: { ...finding.facts },
      })),
    };
  }

  plan({ node, force }: PlanRequest): Promise<readonly PlanReport[]> {
    return Promise.all(
      this.chosen(node).map(async ([name, controller]) =>
        reportPlan(name, await controller.plan({ force: force === true })),
      ),
    );
  }

  events({ since }: EventsRequest, signal: AbortSignal): AsyncIterable<EventReport> {
    return this.parts.hub.stream(since, signal);
  }

  async *logs(request: LogsRequest, signal: AbortSignal): AsyncGenerator<LogReport> {
    const { services, config, opened } = this.parts;
    const network = await devnetMeant(services, config(), request);
    if (network !== undefined) {
      yield* readDevnetLogs(services, { ...request, network }, signal);
      return;
    }
    const nodes = this.chosen(request.node).map(([name]) => name);
    if (request.layer === 'hook') yield* readHookLogs(services, { ...request, nodes }, signal);
    else yield* readNodeLogs(opened()?.nodes ?? [], request, signal);
  }

  async apply(): Promise<DoneReport> {
    return { nodes: [...(await this.parts.apply())] };
  }

  async reset({ node, force }: ResetRequest): Promise<DoneReport> {
    return this.each(node, (controller) => controller.resetNow({ force }));
  }

  async hold({ node }: NodesRequest): Promise<DoneReport> {
    return this.each(node, (controller) => controller.hold());
  }

  async release({ node }: NodesRequest): Promise<DoneReport> {
    return this.each(node, (controller) => controller.release());
  }

  async consent({ node, consent, subject }: ConsentRequest): Promise<DoneReport> {
    return this.each(node, (controller) => controller.consent(consent, subject));
  }

  async down(): Promise<DoneReport> {
    return { nodes: [...(await this.parts.down())] };
  }

  async doctor(): Promise<readonly FindingReport[]> {
    const { examineHost } = await import('../doctor/examine-host.ts');
    const { services, config, opened } = this.parts;
    return examineHost(services, { config: config(), nodes: opened()?.nodes ?? [], isSupervised: true });
  }

  sync(request: NodesRequest): Promise<readonly SyncReport[]> {
    return this.parts.watch.sync(request);
  }

  peers(request: NodesRequest): Promise<readonly PeersReport[]> {
    return this.parts.watch.peers(request);
  }

  async recover(request: RecoverRequest): Promise<DoneReport> {
    const asked = this.parts.opened()?.nodes.find(({ setup }) => setup.name === request.node);
    requireConsent(request, asked?.setup.consensus.definition);
    return this.each(request.node, (controller) => controller.recover(request));
  }

  private async nodeReports() {
    const opened = this.parts.opened();
    const nowMs = this.parts.services.clock.nowMs();
    const ours = await Promise.all(
      (opened?.nodes ?? []).map(async (node) => {
        const controller = opened?.fleet.nodes.get(node.setup.name);
        return reportNode({
          node,
          status: await this.statusOf(controller),
          findings: controller?.findings ?? [],
          standings: this.standings,
          isKept: true,
        });
      }),
    );
    return [...ours, ...(opened?.externals ?? []).map((watch) => reportExternal(watch, nowMs))];
  }

  /** Before they are kept, nodes are looked at by whoever asks. */
  private async statusOf(controller: NodeController | undefined): Promise<NodeStatus | undefined> {
    const isLookedAt = controller?.status !== undefined || this.parts.beginning() === undefined;
    return isLookedAt ? controller?.status : controller?.survey().catch(() => undefined);
  }

  private async each(
    wanted: string | undefined,
    act: (controller: NodeController) => Promise<void>,
  ): Promise<DoneReport> {
    const chosen = this.chosen(wanted);
    await Promise.all(chosen.map(([, controller]) => act(controller)));
    return { nodes: chosen.map(([name]) => name) };
  }

  private chosen(wanted: string | undefined) {
    return chosenNodes(this.parts.opened(), wanted);
  }
}
