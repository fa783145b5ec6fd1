import { isEphemeryError } from '../../base/errors.ts';
import type { RuntimeContext } from './runtime-context.ts';

/** Whether a container engine that we can use answers: one of this machine, new enough. Nothing is written. */
export async function engineAnswers({
  paths,
  clock,
  host,
}: Pick<RuntimeContext, 'paths' | 'clock'> & {
  readonly host: { readonly env: RuntimeContext['env']; readonly platform: NodeJS.Platform };
}): Promise<boolean> {
  const { Engine } = await import('../../runtimes/container/engine.ts');
  const { env, platform } = host;
  const engine = new Engine({ env, platform, clock, recordPath: `${paths.run}/engine.json` });
  try {
    await engine.facts();
    return true;
  } catch (thrown) {
    if (isEphemeryError(thrown)) return false;
    throw thrown;
  }
}
