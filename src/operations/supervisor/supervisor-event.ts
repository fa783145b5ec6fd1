import type { Finding } from '../../core/findings/finding.ts';
import type { NodeEvent } from '../node/node-event.ts';

/** What happens to a root as a whole; told beside what happens to its nodes. */
export type SupervisorEvent =
  | {
      readonly type: 'supervisor.started';
      readonly pid: number;
      /** The root's folder. */
      readonly root: string;
      /** Names of the nodes that it keeps. */
      readonly nodes: readonly string[];
    }
  /** The configuration was read again. */
  | { readonly type: 'supervisor.applied'; readonly nodes: readonly string[] }
  /** Nodes are being stopped (`down`), or left running as they are. */
  | { readonly type: 'supervisor.ending'; readonly nodes: 'stopping' | 'left-running' }
  | { readonly type: 'supervisor.ended' }
  /** A program or an image is on its way; told every two seconds, and once when it is there. */
  | {
      readonly type: 'fetch.progress';
      /** The client, or the image. */
      readonly what: string;
      readonly bytes: number;
      /** As far as it is known. */
      readonly totalBytes?: number;
    }
  | {
      readonly type: 'devnet.started';
      readonly network: string;
      /** What its keys are derived from. */
      readonly seed: string;
      readonly slotSeconds: number;
      readonly periodSeconds: number;
      readonly beaconUrl: string;
      readonly executionUrl: string;
      readonly releasesUrl: string;
    }
  | { readonly type: 'devnet.exited'; readonly network: string }
  /** Something from outside hinders a local network, or does so no more. */
  | {
      readonly type: 'devnet.finding';
      readonly network: string;
      /** False once it is over. */
      readonly holds: boolean;
      readonly finding: Finding;
    }
  | { readonly type: 'devnet.stopped'; readonly network: string };

export type FleetEvent = NodeEvent | SupervisorEvent;
