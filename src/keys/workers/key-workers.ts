import { availableParallelism, totalmem } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { AnswerTo, KeyJob } from './job.ts';
import { startThread } from './start-thread.ts';

/** A scrypt of the usual strength holds 256 MiB; half of the memory may go there. */
const bytesEach = 288 << 20;

interface Waiting {
  readonly job: KeyJob;
  resolve(answer: unknown): void;
  reject(cause: unknown): void;
}

type Reply = { readonly answer: unknown } | { readonly failure: string };

/** As many threads as jobs can use, cores and memory allow. */
export function threadsFor(jobs: number): number {
  const byMemory = Math.floor(totalmem() / 2 / bytesEach);
  return Math.max(1, Math.min(jobs, availableParallelism(), byMemory));
}

/** Threads for work on keys, so that the program stays responsive and every core is used. */
export class KeyWorkers {
  private readonly queue: Waiting[] = [];
  private readonly threads: readonly Worker[];
  private readonly idle: Worker[];
  private readonly busy = new Map<Worker, Waiting>();

  constructor(threads: number) {
    this.threads = Array.from({ length: threads }, () => this.startThread());
    this.idle = [...this.threads];
  }

  /** What the job gives; rejects when it fails, or when the workers are closed first. */
  run<J extends KeyJob>(job: J): Promise<AnswerTo<J>> {
    return new Promise((resolve, reject) => {
      this.queue.push({ job, resolve: (answer) => resolve(answer as AnswerTo<J>), reject });
      this.next();
    });
  }

  /** Ends the threads, whatever they are doing; jobs not done are rejected with the reason. */
  async close(reason: unknown): Promise<void> {
    const unfinished = [...this.queue.splice(0), ...this.busy.values()];
    this.busy.clear();
    this.idle.length = 0;
    for (const { reject } of unfinished) reject(reason);
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private startThread(): Worker {
    const worker = startThread(new URL(import.meta.url), './key-worker');
    worker.unref();
    worker.on('message', (reply: Reply) => this.finish(worker, reply));
    worker.on('error', (cause) => this.finish(worker, { failure: cause.message }));
    return worker;
  }

  private next(): void {
    while (this.idle.length > 0 && this.queue.length > 0) {
      const worker = this.idle.pop();
      const waiting = this.queue.shift();
      if (worker === undefined || waiting === undefined) return;
      this.busy.set(worker, waiting);
      // Holds the process up while there is something to wait for.
      worker.ref();
      worker.postMessage(waiting.job);
    }
  }

  private finish(worker: Worker, reply: Reply): void {
    const waiting = this.busy.get(worker);
    if (waiting === undefined) return;
    this.busy.delete(worker);
    worker.unref();
    this.idle.push(worker);
    if ('failure' in reply) waiting.reject(new Error(reply.failure));
    else waiting.resolve(reply.answer);
    this.next();
  }
}

export interface JobWatch {
  readonly signal: AbortSignal;
  /** After each job, with how many are done. */
  readonly onDone?: (done: number) => void;
}

/**
 * Does all jobs on worker threads and gives their answers in order. Rejects with the signal's reason when aborted,
 * and with the first failure; nothing runs on after it.
 */
export async function doJobs<J extends KeyJob>(
  jobs: readonly J[],
  { signal, onDone }: JobWatch,
): Promise<AnswerTo<J>[]> {
  signal.throwIfAborted();
  if (jobs.length === 0) return [];
  const workers = new KeyWorkers(threadsFor(jobs.length));
  const onAbort = () => void workers.close(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let done = 0;
  try {
    return await Promise.all(
      jobs.map(async (job) => {
        const answer = await workers.run(job);
        done += 1;
        onDone?.(done);
        return answer;
      }),
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
    await workers.close(new Error('another job failed'));
  }
}
