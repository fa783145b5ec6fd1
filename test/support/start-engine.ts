import type { ContainerEngine, EngineOptions } from './container-engine.ts';
import { Docker, missingDocker } from './docker.ts';
import { missingPodman, Podman } from './podman.ts';

/** `TEST_ENGINE=docker` in the environment has the tests of containers run against Docker. */
export function isDockerWished(): boolean {
  return process.env.TEST_ENGINE === 'docker';
}

/** Why containers cannot be run here; undefined when they can. */
export function missingEngine(): string | undefined {
  return isDockerWished() ? missingDocker() : missingPodman();
}

export function startEngine(options: EngineOptions = {}): Promise<ContainerEngine> {
  return isDockerWished() ? Docker.start(options) : Podman.start(options);
}
