import type { DoneReport, EventReport, FindingReport, LogReport, PlanReport, RootReport } from './reports.ts';
import type {
  ConsentRequest,
  EventsRequest,
  LogsRequest,
  NodesRequest,
  PlanRequest,
  RecoverRequest,
  ResetRequest,
} from './requests.ts';
import type { PeersReport, SyncReport } from './watch-reports.ts';

/**
 * What can be asked of a root. The supervisor answers it, its clients ask it over the socket, and where no
 * supervisor is alive the disk answers it: commands do not see the difference.
 */
export interface Control {
  status(): Promise<RootReport>;
  plan(request: PlanRequest): Promise<readonly PlanReport[]>;
  /** What happens, as it happens, until the signal aborts or the supervisor ends. */
  events(request: EventsRequest, signal: AbortSignal): AsyncIterable<EventReport>;
  logs(request: LogsRequest, signal: AbortSignal): AsyncIterable<LogReport>;
  /** Reads the configuration again and makes it so. */
  apply(): Promise<DoneReport>;
  /** Asks for a reset now; returns once it was accepted. */
  reset(request: ResetRequest): Promise<DoneReport>;
  hold(request: NodesRequest): Promise<DoneReport>;
  release(request: NodesRequest): Promise<DoneReport>;
  consent(request: ConsentRequest): Promise<DoneReport>;
  /** Stops every node and what belongs to it, and then the supervisor itself. */
  down(): Promise<DoneReport>;
  doctor(): Promise<readonly FindingReport[]>;
  /** How far the clients are; without a supervisor one look, without speed. */
  sync(request: NodesRequest): Promise<readonly SyncReport[]>;
  peers(request: NodesRequest): Promise<readonly PeersReport[]>;
  recover(request: RecoverRequest): Promise<DoneReport>;
}
