import { type ChainLayer, chainLayers, type DesiredNode } from './desired.ts';

type Pair = Pick<DesiredNode, ChainLayer>;

/** The layer whose unit a layer's client runs in: its own, unless it runs inside another's program. */
export function unitOf(pair: Pair, layer: ChainLayer): ChainLayer {
  return pair[layer].host ?? layer;
}

/** The layers of a layer's unit, its own first; none for one that has no unit. */
export function layersOf(pair: Pair, unit: ChainLayer): readonly ChainLayer[] {
  return chainLayers.filter((layer) => unitOf(pair, layer) === unit);
}

/** The client that a layer's client carries inside it. */
export function carriedBy(pair: Pair, unit: ChainLayer): string | undefined {
  const inside = layersOf(pair, unit).find((layer) => layer !== unit);
  return inside === undefined ? undefined : pair[inside].client;
}
