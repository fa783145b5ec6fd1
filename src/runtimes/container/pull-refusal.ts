import { containerErrors } from './errors.ts';

const isFull = /no space left on device|disk quota exceeded|not enough space/i;
/** Nobody was asked, or nobody answered. Its words resemble those of a registry that has no such image. */
const isUnasked =
  /no such host|host not found|name resolution|: try again$|server misbehaving|executable file not found|connection refused|i\/o timeout|network is unreachable|no route to host/i;
/**
 * The words of the distribution specification's error codes, of Docker Hub, and of containerd, which newer versions of
 * Docker keep their images with.
 */
const isGone =
  /manifest unknown|manifest for \S+ not found|no such manifest|name unknown|repository does not exist|requested access to the resource is denied|unauthorized|@?[\w:.-]+: not found$/i;

/** What an engine's refusal of a pull means: EPH-RUNTIME-PULL-NO-SPACE, EPH-RUNTIME-IMAGE-GONE or EPH-RUNTIME-PULL-FAILED. */
export function pullRefusal(image: string, reason: string, cause: unknown): Error {
  const facts = { image, reason };
  if (isFull.test(reason)) return containerErrors.create('EPH-RUNTIME-PULL-NO-SPACE', facts, cause);
  if (!isUnasked.test(reason) && isGone.test(reason)) {
    return containerErrors.create('EPH-RUNTIME-IMAGE-GONE', facts, cause);
  }
  return containerErrors.create('EPH-RUNTIME-PULL-FAILED', facts, cause);
}
