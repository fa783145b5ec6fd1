import { describe, expect, it } from 'vitest';
import { pullRefusal } from './pull-refusal.ts';

const codeOf = (reason: string) => (pullRefusal('x:v1', reason, undefined) as Error & { code: string }).code;

describe('a pull that an engine refuses', () => {
  it.each([
    // Docker
    'manifest for alpine:v0 not found: manifest unknown: manifest unknown',
    'manifest unknown',
    "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    // Docker that keeps images with containerd
    'failed to resolve reference "docker.io/library/alpine:v0": docker.io/library/alpine:v0: not found',
    'docker.io/library/alpine@sha256:ce8e4713951d: not found',
    // Podman
    'initializing source docker://127.0.0.1:5000/x:v1: reading manifest v1 in 127.0.0.1:5000/x: manifest unknown: manifest unknown',
    'initializing source docker://registry.example/node:12: reading manifest 12 in registry.example/node: name unknown: Repo not found',
    'initializing source docker://docker.io/library/x:1: reading manifest 1 in docker.io/library/x: errors: denied: requested access to the resource is denied unauthorized: authentication required',
  ])('is told as gone where the registry says so: %s', (reason) => {
    expect(codeOf(reason)).toBe('EPH-RUNTIME-IMAGE-GONE');
  });

  it.each([
    // Docker
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 192.168.65.1:53: no such host',
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution',
    'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout',
    'error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``',
    'toomanyrequests: You have reached your pull rate limit.',
    // Docker that keeps images with containerd
    'failed to resolve reference "registry.example/x:v1": failed to do request: Head "https://registry.example/v2/x/manifests/v1": dial tcp: lookup registry.example on 10.0.0.5:53: no such host',
    'failed to resolve reference "registry.example/x:v1": failed to do request: Head "https://registry.example/v2/x/manifests/v1": dial tcp: lookup registry.example: Try again',
    // Podman
    'initializing source docker://registry.example/x:1: pinging container registry registry.example: Get "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.53:53: no such host',
    'initializing source docker://unauthorized.example/x:1: pinging container registry unauthorized.example: Get "https://unauthorized.example/v2/": dial tcp: lookup unauthorized.example: no such host',
    'initializing source docker://127.0.0.1:9/x:1: pinging container registry 127.0.0.1:9: Get "https://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused',
    'initializing source docker://registry.example/x:1: pinging container registry registry.example: invalid status code from registry 404 (Not Found)',
    'lookup registry.example: host not found',
  ])('is told as failed where nobody was asked or answered: %s', (reason) => {
    expect(codeOf(reason)).toBe('EPH-RUNTIME-PULL-FAILED');
  });

  it.each([
    'write /var/lib/docker/tmp/GetImageBlob1: no space left on device',
    'writing blob: storing blob to file "/var/tmp/storage1/1": disk quota exceeded',
  ])('is told as full: %s', (reason) => {
    expect(codeOf(reason)).toBe('EPH-RUNTIME-PULL-NO-SPACE');
  });
});
