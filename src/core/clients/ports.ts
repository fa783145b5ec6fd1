import type { PortDeclaration } from './client.ts';

/** A port for this host alone. */
export function loopback(name: string): PortDeclaration {
  return { name, protocol: 'tcp', exposure: 'loopback' };
}

/** A port for this host alone, whoever asks for more. */
export function steering(name: string): PortDeclaration {
  return { ...loopback(name), steers: true };
}

/** A port that peers must reach. */
export function open(name: string, protocol: PortDeclaration['protocol'] = 'tcp+udp'): PortDeclaration {
  return { name, protocol, exposure: 'public' };
}
