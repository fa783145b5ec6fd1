import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../base/errors.ts';
import { doJob } from './do-job.ts';
import type { KeyJob } from './job.ts';

// A thread that does one job after another. Errors cross as their message: nothing here puts a secret into one.
parentPort?.on('message', (job: KeyJob) => {
  try {
    parentPort?.postMessage({ answer: doJob(job) });
  } catch (thrown) {
    parentPort?.postMessage({ failure: messageOf(thrown) });
  }
});
