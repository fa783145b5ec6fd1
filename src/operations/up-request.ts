import type { DevnetAsked } from './devnet/devnet-file.ts';
import type { ConfigWish } from './effective-config.ts';

export interface UpRequest extends ConfigWish {
  readonly adoptConfig: boolean;
  readonly devnet: DevnetAsked;
  /** Go down by itself once every node went live after so many scheduled resets. */
  readonly untilResets?: number | undefined;
}
