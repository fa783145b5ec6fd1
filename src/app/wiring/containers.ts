import type { ContainerRuntimeParts } from '../../runtimes/container/container-runtime.ts';
import type { RuntimeContext } from './runtime-context.ts';

/** The containers of a root, and the images of their engine. Nobody is asked anything yet. */
export async function openContainers(context: RuntimeContext): Promise<ContainerRuntimeParts> {
  const { createContainerRuntime } = await import('../../runtimes/container/container-runtime.ts');
  return createContainerRuntime({
    ...context,
    rootPath: context.paths.root,
    recordPath: `${context.paths.run}/engine.json`,
    pulledFolder: `${context.paths.artifacts}/images`,
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  });
}
