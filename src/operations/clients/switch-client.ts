import { join, resolve } from 'node:path';
import { checkAgainstCatalogue } from '../../config/catalogue-check.ts';
import { type ConfigEdit, editConfig, previewEdit } from '../../config/edit.ts';
import { configErrors } from '../../config/errors.ts';
import { exchangeClient, settingsIn } from '../../config/exchange-client.ts';
import { configFileName } from '../../config/load.ts';
import { createCatalogue } from '../../core/clients/catalogue.ts';
import type { NodeLayer } from '../../core/node/desired.ts';
import { controlErrors } from '../control/errors.ts';
import type { PlanReport } from '../control/reports.ts';
import { type ConfigWish, effectiveConfig, offerOf } from '../effective-config.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import { supervisorControl } from '../open-control.ts';
import { reportPlan } from '../report/plan-report.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { nodeCalled } from '../validators/node-protection.ts';
import { clientUseErrors } from './errors.ts';
import { refuseUncarried } from './refuse-uncarried.ts';

export interface SwitchWish extends ConfigWish {
  readonly node: string;
  readonly execution?: string | undefined;
  readonly consensus?: string | undefined;
  readonly validator?: string | undefined;
  /** The program of the one client that is switched to, on this host; relative to where the command was given. */
  readonly program?: string | undefined;
  readonly dryRun: boolean;
}

export interface ClientSwitch {
  readonly layer: NodeLayer;
  readonly from: string;
  readonly to: string;
  /** What was set for the client before, and is kept for a way back: it means nothing to the new one. */
  readonly kept: readonly string[];
  /** What was kept of the new client, and is in effect again. */
  readonly restored: readonly string[];
}

export interface SwitchReport {
  readonly file: string;
  readonly node: string;
  readonly switches: readonly ClientSwitch[];
  /** What the node will do, with the file changed. */
  readonly plan: PlanReport;
  readonly done: 'nothing' | 'file' | 'applied';
}

const layers = ['execution', 'consensus', 'validator'] as const satisfies readonly NodeLayer[];

/**
 * Gives a node another client of a layer: in its file, comments kept, and then through plan and apply. What was set for
 * the client before is kept in the file, under `former`, and is in effect again after a switch back. Its chain data
 * stay where they are, and are taken up again by a switch back within the iteration; slashing
 * protection is carried over when the new validator client's store is opened. Nothing is written before the changed
 * file was checked and planned. Throws EPH-CONFIG-*, EPH-CONTROL-NO-NODE and EPH-CLIENTS-*.
 */
export async function switchClients(services: Services, wish: SwitchWish): Promise<SwitchReport> {
  const current = await effectiveConfig(services, wish);
  const { file } = current;
  if (file === undefined) {
    throw configErrors.create('EPH-CONFIG-NONE', { looked: [join(services.paths.root, configFileName)] });
  }
  const switches = switchesOf(current, wish);
  const program = programOf(wish, switches, services);
  const edit = editOf(wish.node, switches, program);
  const changed = await previewEdit(file, edit);
  checkAgainstCatalogue(changed, offerOf(services));
  const plan = await planOf(services, { ...current, config: changed.config }, { node: wish.node, switches });
  const report = { file, node: wish.node, switches, plan };
  if (wish.dryRun || switches.length === 0) return { ...report, done: 'nothing' };
  // One that hangs is refused before the file is another.
  const supervisor = await supervisorControl(services);
  await editConfig(file, edit);
  await supervisor?.apply();
  return { ...report, done: supervisor === undefined ? 'file' : 'applied' };
}

function switchesOf({ config }: EffectiveConfig, wish: SwitchWish): readonly ClientSwitch[] {
  const node = config.nodes[wish.node];
  if (node === undefined) {
    throw controlErrors.create('EPH-CONTROL-NO-NODE', { node: wish.node, known: Object.keys(config.nodes) });
  }
  return layers.flatMap((layer): ClientSwitch[] => {
    const [to, before] = [wish[layer], node[layer]];
    if (to === undefined || to === before?.client) return [];
    if (before === undefined) throw clientUseErrors.create('EPH-CLIENTS-NO-VALIDATOR', { node: wish.node });
    const again = settingsIn(before.former?.[to] ?? {});
    const restored = again.filter((key) => key !== 'artifact' || wish.program === undefined);
    return [{ layer, from: before.client, to, kept: settingsIn(before), restored }];
  });
}

interface ProgramOfOne {
  readonly layer: NodeLayer;
  readonly path: string;
}

/** Whose program was given: of clients of which one runs inside the other, it is the other's. */
function programOf(
  { node, program }: SwitchWish,
  switches: readonly ClientSwitch[],
  { host, clients }: Pick<Services, 'host' | 'clients'>,
): ProgramOfOne | undefined {
  if (program === undefined) return undefined;
  if (switches.length === 0) throw clientUseErrors.create('EPH-CLIENTS-NO-CHANGE', { node, program });
  const isHosted = ({ layer, to }: ClientSwitch) =>
    clients.some((one) => one.layer === layer && one.id === to && one.hostedBy !== undefined);
  const withOwn = switches.filter((one) => !isHosted(one));
  // To a client without a program the configuration's own check says that it has none.
  const [whose, another] = withOwn.length === 0 ? switches : withOwn;
  if (whose === undefined || another !== undefined)
    throw clientUseErrors.create('EPH-CLIENTS-WHOSE-PROGRAM', { program });
  return { layer: whose.layer, path: resolve(host.workingDirectory, program) };
}

function editOf(node: string, switches: readonly ClientSwitch[], program?: ProgramOfOne): ConfigEdit {
  return (document) => {
    for (const { layer, from, to } of switches) {
      const path = ['nodes', node, layer];
      exchangeClient(document, path, { from, to });
      if (program?.layer === layer)
        document.setIn([...path, 'artifact'], { kind: 'path', path: program.path });
    }
  };
}

/** Looks only: no program is installed and no port taken for it. */
async function planOf(
  services: Services,
  config: EffectiveConfig,
  { node, switches }: { readonly node: string; readonly switches: readonly ClientSwitch[] },
): Promise<PlanReport> {
  const made = await madeNodes(config, services.paths.root, node);
  const opened = await services.openFleet({ config: made, readOnly: true, emit: () => undefined });
  try {
    const controller = opened.fleet.nodes.get(node);
    if (controller === undefined) throw controlErrors.create('EPH-CONTROL-NODE-EXTERNAL', { node });
    const validator = switches.find(({ layer }) => layer === 'validator');
    if (validator !== undefined) {
      const catalogue = createCatalogue(services.clients);
      const from = catalogue.get('validator', validator.from);
      await refuseUncarried(nodeCalled(opened.nodes, node), {
        from,
        to: catalogue.get('validator', validator.to),
      });
    }
    return reportPlan(node, await controller.plan({ force: false }));
  } finally {
    await opened.close();
  }
}
