import type { ChosenArtifact, PinnedArtifact } from './artifact.ts';

/** Whether what is installed is what an entry of the lock file means, on this platform. */
export function isPinned(installed: PinnedArtifact, pin: PinnedArtifact, platformName: string): boolean {
  if (installed.source === 'archive' && pin.source === 'archive') {
    const [there, wanted] = [installed.platforms[platformName], pin.platforms[platformName]];
    return there !== undefined && there.url === wanted?.url && there.sha256 === wanted.sha256;
  }
  if (installed.source === 'npm' && pin.source === 'npm') {
    return installed.package === pin.package && installed.integrity === pin.integrity;
  }
  return false;
}

/** Whether what is installed may be what a wish means that is not pinned yet. */
export function isChosen(installed: PinnedArtifact, chosen: ChosenArtifact, platformName: string): boolean {
  if (installed.source === 'archive' && chosen.source === 'archive') {
    return installed.platforms[platformName]?.url === chosen.url;
  }
  return (
    installed.source === 'npm' &&
    chosen.source === 'npm' &&
    installed.package === chosen.package &&
    installed.version === chosen.version
  );
}
