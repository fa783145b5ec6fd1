import { defineErrors, error } from '../../base/errors.ts';

/** What only container engines can do to us; the rest is told as for every runtime. */
export const containerErrors = defineErrors({
  'EPH-RUNTIME-ENGINE-REMOTE': error<{ variable: string; address: string }>({
    meaning: 'The environment names a container engine on another machine.',
    message: (f) =>
      `${f.variable} names the engine ${f.address}; containers are only run by an engine of this machine.`,
    remedy: (f) =>
      `Unset ${f.variable}, or set it to the Unix socket of a local engine: unix:///var/run/docker.sock.`,
    exitCode: 2,
  }),
  'EPH-RUNTIME-ENGINE-OLD': error<{ engine: string; found: string; needed: string }>({
    meaning: 'The container engine speaks only an older version of the Docker Engine API.',
    message: (f) => `${f.engine} speaks version ${f.found} of the Docker Engine API; ${f.needed} is needed.`,
    remedy: () => 'Install Docker 24, Podman 4 or later.',
  }),
  'EPH-RUNTIME-ENGINE-CHANGED': error<{ recorded: string; found: string; file: string }>({
    meaning: 'The containers of this home were started by another container engine than the one at hand.',
    message: (f) => `The containers of this home belong to ${f.recorded}; ${f.found} is another engine.`,
    remedy: (f) =>
      `Use the first again, or stop its containers with \`ephemery down\` while it is in use, then remove ${f.file}.`,
  }),
  'EPH-RUNTIME-PULL-FAILED': error<{ image: string; reason: string }>({
    meaning: 'An image could not be pulled.',
    message: (f) => `The image ${f.image} could not be pulled: ${f.reason}`,
    remedy: () =>
      'Check the network and the registry. What runs goes on; images that are there need no registry.',
  }),
  'EPH-RUNTIME-PULL-STALLED': error<{ image: string; silentSeconds: number }>({
    meaning: 'Nothing came of an image that was being pulled for so long that the pull was ended.',
    message: (f) => `Nothing came of the image ${f.image} for ${f.silentSeconds} s; the pull was ended.`,
    remedy: () =>
      'Check the network and the registry. A pull that is slow but goes on is never ended; this one is tried again.',
  }),
  'EPH-RUNTIME-PULL-NO-SPACE': error<{ image: string; reason: string }>({
    meaning: "The disk of the container engine's images is full.",
    message: (f) => `There is no room for the image ${f.image}: ${f.reason}`,
    remedy: () =>
      'Make room where the engine keeps its images, for example with `docker image prune`; the pull is then tried again.',
  }),
  'EPH-RUNTIME-IMAGE-GONE': error<{ image: string; reason: string }>({
    meaning: 'The registry does not have an image, or not any more under the digest that is pinned.',
    message: (f) => `The registry does not give ${f.image}: ${f.reason}`,
    remedy: () =>
      'Find out at the publisher whether it was replaced. `ephemery artifacts update` shows what is published now and takes it, then `ephemery up`; until then what ephemery.lock pins is asked for again and again.',
  }),
  'EPH-RUNTIME-IMAGE-FOLDER': error<{ image: string; folder: string; reason: string }>({
    meaning: 'A folder that an image should have cannot be taken out of it.',
    message: (f) => `${f.folder} cannot be taken out of the image ${f.image}: ${f.reason}`,
    remedy: () => 'Use the image of the publisher, in a version of the reference.',
  }),
  'EPH-RUNTIME-NEEDS-A-USER': error<{ unit: string }>({
    meaning: 'A program that never runs as root was to run in an engine that knows only root.',
    message: (f) => `${f.unit} does not run as root, and in a rootless Docker everything of ours is root.`,
    remedy: () =>
      'Use rootless Podman, or Docker as it is installed by default. For a signer: name a database of your own.',
  }),
});
