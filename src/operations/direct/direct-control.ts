import { maxSleepMs } from '../../base/clock.ts';
import { boundConfig } from '../../storage/files/config-binding.ts';
import { checkLayout } from '../../storage/files/layout.ts';
import { ReadOnlyNodeStore } from '../../storage/files/read-only-node-store.ts';
import { SegmentHistory } from '../../storage/segments/segment-history.ts';
import { chosenNodes } from '../control/chosen-nodes.ts';
import type { Control } from '../control/control.ts';
import { controlErrors } from '../control/errors.ts';
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
  LogsRequest,
  NodesRequest,
  PlanRequest,
  RecoverRequest,
  ResetRequest,
} from '../control/requests.ts';
import type { PeersReport, SyncReport } from '../control/watch-reports.ts';
import { devnetFolder, readDevnetSettings } from '../devnet/devnet-file.ts';
import { reportExternal } from '../external/external-report.ts';
import { byTheirNetwork, madeNodes, someMadeNodes } from '../fleet/made-nodes.ts';
import { refuseSharedKeys } from '../fleet/refuse-shared-keys.ts';
import { bindingFindings, keyFindings } from '../keys/key-findings.ts';
import type { NodeController } from '../node/node-controller.ts';
import { devnetMeant, readDevnetLogs } from '../report/devnet-logs.ts';
import { readHookLogs } from '../report/hook-logs.ts';
import { KeyStandings } from '../report/key-standings.ts';
import { readNodeLogs } from '../report/node-logs.ts';
import { reportNode } from '../report/node-report.ts';
import { reportPlan } from '../report/plan-report.ts';
import type { EffectiveConfig, OpenedFleet, Services } from '../services.ts';
import { devnetFacts, devnetState } from '../supervisor/devnet-units.ts';
import { devnetsOf } from '../supervisor/make-devnets.ts';
import { requireConsent } from '../sync/require-consent.ts';
import { RootWatch } from '../sync/root-watch.ts';
import { watchedNodes } from '../sync/watched-node.ts';
import { act, bringDown } from './act.ts';
import { refuseUnknown, unmadePlan } from './unmade-nodes.ts';

/** A root without a supervisor: what is asked is read from the disk, what is changed is done under the lock. */
export class DirectControl implements Control {
  private readonly services: Services;
  private readonly config: () => Promise<EffectiveConfig>;

  constructor(services: Services, config: () => Promise<EffectiveConfig>) {
    this.services = services;
    this.config = config;
  }

  async status(): Promise<RootReport> {
    const { services } = this;
    const { paths, host, clock } = services;
    const isRoot = await checkLayout(paths);
    const bound = isRoot ? await boundConfig(paths) : undefined;
    const told = [...(await keyFindings(services)), ...(await bindingFindings(services))];
    const findings = told.map((finding) => ({ ...finding, facts: { ...finding.facts } }));
    const common = { version: host.version, root: paths.root, atMs: clock.nowMs(), findings };
    // Keys may be there before the first `up` binds a configuration: what is to be told of them is told all the same.
    if (bound === undefined) return { ...common, nodes: [], devnets: [] };
    const config = await this.config();
    const { unmade, rest } = await byTheirNetwork(config, paths.root);
    const devnets = await this.devnetReports(config);
    const nodes = await this.reading(rest, (opened) => reportNodes(opened, clock.nowMs()));
    const beginsWithUp = [...unmade].map(([node, network]) => ({ node, network }));
    const later = beginsWithUp.length === 0 ? {} : { beginsWithUp };
    return { ...common, config: config.id, nodes, ...later, devnets };
  }

  async plan({ node, force }: PlanRequest): Promise<readonly PlanReport[]> {
    const config = await this.config();
    refuseUnknown(config, node);
    const { unmade, rest } = await byTheirNetwork(config, this.services.paths.root);
    const later = [...unmade]
      .filter(([name]) => node === undefined || node === name)
      .map(([name, network]) => unmadePlan(name, network));
    const isAll = node !== undefined || Object.keys(rest.config.nodes).length === 0;
    const [first] = later;
    // As for those that are assembled: `up` would refuse it once it has made the network.
    if (first !== undefined)
      await refuseSharedKeys(config.config, new ReadOnlyNodeStore(this.services.paths, first.node));
    if (first !== undefined && isAll) return later;
    const planned = await this.reading(rest, (opened) =>
      Promise.all(
        chosenNodes(opened, node).map(async ([name, controller]) =>
          reportPlan(name, await controller.plan({ force: force === true })),
        ),
      ),
    );
    return [...later, ...planned];
  }

  // biome-ignore lint/correctness/useYield: without a supervisor nothing happens that could be told.
  async *events(): AsyncGenerator<EventReport> {
    throw controlErrors.create('EPH-CONTROL-NOT-UP', {});
  }

  async *logs(request: LogsRequest, signal: AbortSignal): AsyncGenerator<LogReport> {
    const config = await this.config();
    const network = await devnetMeant(this.services, config, request);
    if (network !== undefined) {
      yield* readDevnetLogs(this.services, { ...request, network }, signal);
      return;
    }
    if (request.layer === 'hook') {
      const nodes = request.node === undefined ? Object.keys(config.config.nodes) : [request.node];
      yield* readHookLogs(this.services, { ...request, nodes }, signal);
      return;
    }
    const opened = await this.open(await madeNodes(config, this.services.paths.root, request.node), true);
    try {
      chosenNodes(opened, request.node);
      yield* readNodeLogs(opened.nodes, request, signal);
    } finally {
      await opened.close();
    }
  }

  async apply(): Promise<DoneReport> {
    throw controlErrors.create('EPH-CONTROL-NOT-UP', {});
  }

  async reset({ node, force }: ResetRequest): Promise<DoneReport> {
    return this.acting('reset', node, async (controller) => {
      await controller.resetNow({ force });
      await this.settle(controller);
    });
  }

  sync(request: NodesRequest): Promise<readonly SyncReport[]> {
    return this.watching(request, (watch) => watch.sync(request));
  }

  peers(request: NodesRequest): Promise<readonly PeersReport[]> {
    return this.watching(request, (watch) => watch.peers(request));
  }

  async recover(request: RecoverRequest): Promise<DoneReport> {
    const { config } = await this.config();
    const consensus = config.nodes[request.node]?.consensus.client;
    requireConsent(
      request,
      this.services.clients.find(({ layer, id }) => layer === 'consensus' && id === consensus),
    );
    return this.acting('sync recover', request.node, async (controller) => {
      await controller.recover(request);
      await this.settle(controller);
    });
  }

  hold({ node }: NodesRequest): Promise<DoneReport> {
    return this.acting('reset hold', node, (controller) => controller.hold());
  }

  release({ node }: NodesRequest): Promise<DoneReport> {
    return this.acting('reset release', node, (controller) => controller.release());
  }

  consent({ node, consent, subject }: ConsentRequest): Promise<DoneReport> {
    return this.acting('reset', node, (controller) => controller.consent(consent, subject));
  }

  async down(): Promise<DoneReport> {
    return { nodes: [...(await bringDown(this.services, this.config))] };
  }

  async doctor(): Promise<readonly FindingReport[]> {
    const { examineUnsupervised } = await import('../doctor/examine-unsupervised.ts');
    return examineUnsupervised(this.services, {
      config: this.config,
      open: async (config) => this.open(await madeNodes(config, this.services.paths.root), true),
    });
  }

  private async devnetReports({ config }: EffectiveConfig): Promise<RootReport['devnets']> {
    const { services } = this;
    const names = devnetsOf(config);
    const reports = await Promise.all(
      names.map(async (name) => {
        const settings = await readDevnetSettings(devnetFolder(services.paths.root, name));
        if (settings === undefined) return [];
        return [
          { ...devnetFacts(settings), state: await devnetState(await services.runtime('process'), name) },
        ];
      }),
    );
    return reports.flat();
  }

  /** One look at every node: what is told of it has no speed. */
  private async watching<T>({ node }: NodesRequest, ask: (watch: RootWatch) => Promise<T>): Promise<T> {
    const config = await madeNodes(await this.config(), this.services.paths.root, node);
    return this.reading(config, async (opened) => {
      const { clock, log, paths } = this.services;
      const history = new SegmentHistory({ folder: paths.history });
      const nodes = watchedNodes(opened, this.services);
      const watch = new RootWatch({ clock, log, history, nodes: () => nodes, records: false });
      await watch.look();
      return ask(watch);
    });
  }

  /** Works until both chain clients are where they should be. */
  private async settle(controller: NodeController): Promise<void> {
    for (;;) {
      const waitMs = await controller.tick();
      if (!(controller.status?.plan.steps ?? []).some((step) => step.lane === 'network')) return;
      if (waitMs > 0) await this.services.clock.sleep(Math.min(waitMs, maxSleepMs));
    }
  }

  private async acting(
    purpose: string,
    wanted: string | undefined,
    change: Parameters<typeof act>[1]['change'],
  ): Promise<DoneReport> {
    const all = await this.config();
    refuseUnknown(all, wanted);
    const config = await someMadeNodes(all, this.services.paths.root, wanted);
    return act(this.services, { purpose, config, choose: (opened) => chosenNodes(opened, wanted), change });
  }

  private open(config: EffectiveConfig, readOnly: boolean): Promise<OpenedFleet> {
    return this.services.openFleet({ config, readOnly, emit: () => undefined });
  }

  private async reading<T>(config: EffectiveConfig, read: (opened: OpenedFleet) => Promise<T>): Promise<T> {
    const opened = await this.open(config, true);
    try {
      return await read(opened);
    } finally {
      await opened.close();
    }
  }
}

async function reportNodes(opened: OpenedFleet, nowMs: number) {
  await Promise.all(opened.externals.map((watch) => watch.look()));
  const standings = new KeyStandings();
  const ours = await Promise.all(
    opened.nodes.map(async (node) => {
      const status = await opened.fleet.nodes.get(node.setup.name)?.survey();
      const findings = status?.plan.findings ?? [];
      return reportNode({ node, status, findings, standings, isKept: false });
    }),
  );
  return [...ours, ...opened.externals.map((watch) => reportExternal(watch, nowMs))];
}
