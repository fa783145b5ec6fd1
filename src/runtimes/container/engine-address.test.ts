import { describe, expect, it } from 'vitest';
import { engineSockets } from './engine-address.ts';

const linux = (env: Record<string, string>) => engineSockets({ env, platform: 'linux' });

describe('where an engine is looked for', () => {
  it('is the socket that the environment names, and no other', () => {
    expect(linux({ DOCKER_HOST: 'unix:///run/mine.sock', CONTAINER_HOST: 'unix:///other' })).toEqual({
      sockets: ['/run/mine.sock'],
      named: true,
    });
    expect(linux({ CONTAINER_HOST: 'unix:///other' }).sockets).toEqual(['/other']);
  });

  it("is at the user's own engines before those of the system", () => {
    const { sockets, named } = linux({ XDG_RUNTIME_DIR: '/run/user/1000' });
    expect(named).toBe(false);
    expect(sockets).toEqual([
      '/run/user/1000/docker.sock',
      '/var/run/docker.sock',
      '/run/user/1000/podman/podman.sock',
      '/run/podman/podman.sock',
    ]);
    expect(engineSockets({ env: { HOME: '/Users/a' }, platform: 'darwin' }).sockets[0]).toBe(
      '/Users/a/.docker/run/docker.sock',
    );
  });

  it.each([
    'tcp://192.0.2.1:2376',
    'ssh://a:secret@192.0.2.1/run/podman.sock',
    'http://192.0.2.1',
    'unix://',
  ])('is never on another machine: %s', (address) => {
    const refusal = expect.objectContaining({
      code: 'EPH-RUNTIME-ENGINE-REMOTE',
      message: expect.not.stringContaining('secret') as string,
    }) as unknown;
    expect(() => linux({ DOCKER_HOST: address })).toThrow(refusal as Error);
  });
});
