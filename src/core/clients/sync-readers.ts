import type { SyncReader, SyncStage } from '../sync/sync-stage.ts';

/** For clients that sync in stages: the first stage that is behind, by the first of these that its name fits. */
export function stagesBy(names: readonly (readonly [RegExp, SyncStage])[]): SyncReader {
  return ({ stages }, target) => {
    const behind = stages.find(({ block }) => block < target);
    if (behind === undefined) return undefined;
    return names.find(([name]) => name.test(behind.name))?.[1] ?? 'blocks';
  };
}

/** For clients that count what they fetch: the first stage of which any of these figures is above zero. */
export function figuresBy(figures: readonly (readonly [readonly string[], SyncStage])[]): SyncReader {
  return (progress) =>
    figures.find(([names]) => names.some((name) => (progress.figures[name] ?? 0) > 0))?.[1];
}
