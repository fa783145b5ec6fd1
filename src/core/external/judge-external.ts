import { shownUrl } from '../../base/http-url.ts';
import { externalFindings } from '../findings/external.ts';
import type { Finding } from '../findings/finding.ts';
import type { NetworkDefinition } from '../network/definition.ts';
import type { NetworkIdentity } from '../network/identity.ts';
import { iterationAt, scheduleOf } from '../network/schedule.ts';
import { type ChainLayer, chainLayers } from '../node/desired.ts';
import type { ExternalNode, RunningByLayer, RunningIteration, SeenExternal } from './external-node.ts';

export interface ExternalVerdict {
  /** By the clock; absent before the network begins. */
  readonly wanted?: number;
  readonly running: RunningByLayer;
  /** Resets that either layer has not followed. */
  readonly resetsMissed: number;
  readonly findings: readonly Finding[];
}

/**
 * Judges a node that we only watch by three facts of its own: the iteration by the clock, and the one that each
 * client names. `known` are the identities of verified releases; with one of the wanted iteration, genesis hash
 * and validators root are held against it. A client that is silent is unknown, never different.
 */
export function judgeExternal(
  node: ExternalNode,
  seen: SeenExternal,
  at: { readonly nowMs: number; readonly known: readonly NetworkIdentity[] },
): ExternalVerdict {
  const wanted = iterationAt(node.network, at.nowMs);
  const running = {
    execution: executionIteration(node.network, seen, at.known),
    consensus: consensusIteration(node.network, seen, at.known),
  };
  const common = { running, resetsMissed: wanted < 0 ? 0 : resetsMissed(running, wanted) };
  const offline = offlineFindings(node, seen);
  const told = chainLayers.flatMap((layer) =>
    layerFindings(node, layer, { running: running[layer], wanted }),
  );
  if (wanted < 0) return { ...common, findings: [...told, ...offline] };
  return { ...common, wanted, findings: [...told, ...offline] };
}

function resetsMissed(running: RunningByLayer, wanted: number): number {
  const behind = chainLayers.map((layer) => {
    const on = running[layer];
    return on.is === 'iteration' ? Math.max(0, wanted - on.iteration) : 0;
  });
  return Math.max(...behind);
}

/** chainId = baseChainId + i (EIP-6916); block 0 is held against the release where one is at hand. */
function executionIteration(
  network: NetworkDefinition,
  { chainId, executionGenesisHash }: SeenExternal,
  known: readonly NetworkIdentity[],
): RunningIteration {
  if (!chainId.known) return { is: 'unknown', reason: chainId.reason };
  const iteration = chainId.value - network.baseChainId;
  if (iteration < 0) {
    const expected = `at least ${network.baseChainId}`;
    return { is: 'foreign', fact: 'chain id', expected, found: String(chainId.value) };
  }
  const release = known.find((identity) => identity.iteration === iteration);
  if (release === undefined || !executionGenesisHash.known) return { is: 'iteration', iteration };
  return heldAgainst(iteration, {
    fact: 'block 0',
    expected: release.executionGenesisHash,
    found: executionGenesisHash.value,
  });
}

/** The genesis time names the iteration; the validators root is held against the release where one is at hand. */
function consensusIteration(
  network: NetworkDefinition,
  { genesisTimeSeconds, genesisValidatorsRoot }: SeenExternal,
  known: readonly NetworkIdentity[],
): RunningIteration {
  if (!genesisTimeSeconds.known) return { is: 'unknown', reason: genesisTimeSeconds.reason };
  const found = genesisTimeSeconds.value;
  const published = known.find((identity) => identity.genesisTimeSeconds === found);
  const iteration = published?.iteration ?? iterationAt(network, found * 1_000);
  const { genesisSeconds } = scheduleOf(network, Math.max(0, iteration));
  if (published === undefined && (iteration < 0 || genesisSeconds !== found)) {
    const expected = `${genesisSeconds} for iteration ${Math.max(0, iteration)}`;
    return { is: 'foreign', fact: 'genesis time', expected, found: String(found) };
  }
  const release = known.find((identity) => identity.iteration === iteration);
  if (release === undefined || !genesisValidatorsRoot.known) return { is: 'iteration', iteration };
  return heldAgainst(iteration, {
    fact: 'validators root',
    expected: release.genesisValidatorsRoot,
    found: genesisValidatorsRoot.value,
  });
}

function heldAgainst(
  iteration: number,
  { fact, expected, found }: { readonly fact: string; readonly expected: string; readonly found: string },
): RunningIteration {
  if (expected.toLowerCase() === found.toLowerCase()) return { is: 'iteration', iteration };
  return { is: 'foreign', fact, expected, found };
}

function layerFindings(
  node: ExternalNode,
  layer: ChainLayer,
  { running, wanted }: { readonly running: RunningIteration; readonly wanted: number },
): readonly Finding[] {
  const subject = { node: node.name, network: node.network.name, layer };
  if (running.is === 'unknown') {
    const facts = { layer, url: shownUrl(node[layer].url), reason: running.reason };
    return [externalFindings.create('EPH-EXTERNAL-SILENT', facts, subject)];
  }
  if (running.is === 'foreign') {
    const { fact, expected, found } = running;
    return [externalFindings.create('EPH-EXTERNAL-WRONG-NETWORK', { layer, fact, expected, found }, subject)];
  }
  const { iteration } = running;
  if (wanted < 0 || iteration === wanted) return [];
  const code = iteration < wanted ? 'EPH-EXTERNAL-RESETS-MISSED' : 'EPH-EXTERNAL-AHEAD';
  return [externalFindings.create(code, { layer, running: iteration, wanted }, subject)];
}

function offlineFindings(node: ExternalNode, { syncing }: SeenExternal): readonly Finding[] {
  if (!syncing.known || !syncing.value.elOffline) return [];
  const subject = { node: node.name, network: node.network.name, layer: 'consensus' } as const;
  return [
    externalFindings.create('EPH-EXTERNAL-EXECUTION-OFFLINE', { url: shownUrl(node.consensus.url) }, subject),
  ];
}
