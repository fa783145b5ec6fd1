import type { ClientDefinition } from '../../core/clients/client.ts';
import { mayfly } from '../../core/clients/consensus/mayfly.ts';
import { ethereumjs } from '../../core/clients/execution/ethereumjs.ts';

/** Every client that can be named in a configuration. */
export const clients = [ethereumjs, mayfly] as const satisfies readonly ClientDefinition[];
