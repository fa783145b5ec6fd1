import { z } from 'zod';
import { doneReport, eventReport, findingReport, logReport, planReport, rootReport } from './reports.ts';
import {
  consentRequest,
  eventsRequest,
  logsRequest,
  nodesRequest,
  nothing,
  planRequest,
  recoverRequest,
  resetRequest,
} from './requests.ts';
import { peersReport, syncReport } from './watch-reports.ts';

/** One way into the API: requests of GET come as a query, of POST as a JSON body. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  readonly request: z.ZodType;
  readonly answer: z.ZodType;
  /** One JSON value a line (application/x-ndjson), or server-sent events when the client accepts those. */
  readonly streams?: boolean;
}

/** The API, version 1: what server and client share, and its description is made from. */
export const routes = {
  status: {
    method: 'GET',
    path: '/v1/status',
    summary: 'The state of every node.',
    request: nothing,
    answer: rootReport,
  },
  plan: {
    method: 'GET',
    path: '/v1/plan',
    summary: 'What would be done now.',
    request: planRequest,
    answer: z.array(planReport),
  },
  events: {
    method: 'GET',
    path: '/v1/events',
    summary: 'What happens, as it happens.',
    request: eventsRequest,
    answer: eventReport,
    streams: true,
  },
  logs: {
    method: 'GET',
    path: '/v1/logs',
    summary: "The clients' own output.",
    request: logsRequest,
    answer: logReport,
    streams: true,
  },
  doctor: {
    method: 'GET',
    path: '/v1/doctor',
    summary: 'What is wrong with this host and home.',
    request: nothing,
    answer: z.array(findingReport),
  },
  sync: {
    method: 'GET',
    path: '/v1/sync',
    summary: 'How far the clients are, at what speed, and when they arrive.',
    request: nodesRequest,
    answer: z.array(syncReport),
  },
  peers: {
    method: 'GET',
    path: '/v1/peers',
    summary: 'The peers of both clients.',
    request: nodesRequest,
    answer: z.array(peersReport),
  },
  recover: {
    method: 'POST',
    path: '/v1/sync/recover',
    summary: 'Start a client again that does not come forward, on its data or on new ones.',
    request: recoverRequest,
    answer: doneReport,
  },
  apply: {
    method: 'POST',
    path: '/v1/apply',
    summary: 'Read the configuration again and make it so.',
    request: nothing,
    answer: doneReport,
  },
  reset: {
    method: 'POST',
    path: '/v1/reset',
    summary: 'Ask for a reset now.',
    request: resetRequest,
    answer: doneReport,
  },
  hold: {
    method: 'POST',
    path: '/v1/reset/hold',
    summary: 'Keep the next planned reset from beginning.',
    request: nodesRequest,
    answer: doneReport,
  },
  release: {
    method: 'POST',
    path: '/v1/reset/release',
    summary: 'Let a held reset begin.',
    request: nodesRequest,
    answer: doneReport,
  },
  consent: {
    method: 'POST',
    path: '/v1/reset/consent',
    summary: 'Accept what a finding warns of.',
    request: consentRequest,
    answer: doneReport,
  },
  down: {
    method: 'POST',
    path: '/v1/down',
    summary: 'Stop every node, then the supervisor.',
    request: nothing,
    answer: doneReport,
  },
} as const satisfies Record<string, Route>;
