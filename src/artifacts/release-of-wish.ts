import { type Answer, known, unknown } from '../base/answer.ts';
import { type ReleasePlace, releasePageOf, releasePlaceOf } from '../core/clients/release-place.ts';
import type { ArtifactWish, ConfiguredArtifact } from './artifact.ts';

/** Where the newest release of a program can be asked for, or why nowhere. */
export function releaseOfWish({ client, artifact }: ArtifactWish): Answer<ReleasePlace> {
  if (artifact !== undefined) return ofConfigured(artifact);
  const place = releasePlaceOf(client.artifacts);
  if (place !== undefined) return known(place);
  if (client.hostedBy !== undefined) return unknown(`it is a part of ${client.hostedBy}`);
  const isOurs = client.artifacts.some(({ kind }) => kind === 'builtin');
  return unknown(
    isOurs ? 'it comes as part of Ephemery Node' : 'it is published as an image, which is not asked for',
  );
}

function ofConfigured(artifact: ConfiguredArtifact): Answer<ReleasePlace> {
  switch (artifact.kind) {
    case 'npm':
      return known({ kind: 'npm', package: artifact.package });
    case 'archive': {
      const page = releasePageOf(artifact.url);
      return page === undefined
        ? unknown('the address of its own archive belongs to no page of releases')
        : known({ kind: 'page', ...page });
    }
    case 'image':
      return unknown('it is an image of its own, which is not asked for');
    case 'path':
      return unknown('it is a program of your own');
  }
}
