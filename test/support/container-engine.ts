import type { SmallDisk } from './small-disk.ts';

export interface EngineOptions {
  /** The address of a registry that is spoken to without TLS. */
  readonly registry?: string;
  /** Its images and containers are on a disk of this size; `disk` changes it. */
  readonly diskMebibytes?: number;
}

/** A container engine with storage, networks and a socket of its own, that answers the Docker Engine API. */
export interface ContainerEngine {
  readonly product: 'docker' | 'podman';
  readonly folder: string;
  /** Where our programs find it. */
  readonly socket: string;
  /** The environment by which they do. */
  readonly environment: Readonly<Record<string, string>>;
  readonly disk: SmallDisk;
  /** By which name or address a container in a network of its own finds the host. */
  readonly hostInside: string;
  /** The networks that it has of itself. */
  readonly ownNetworks: readonly string[];

  /** The service dies; containers run on. */
  interrupt(): Promise<void>;
  /** Our programs find no service, while `run` and what removes go on. */
  hide(): Promise<void>;
  /** It answers again; containers are what they were. */
  resume(): Promise<void>;
  /** One command of it, in words that both products know; what it printed. */
  run(...args: readonly string[]): Promise<string>;
  /** Containers go whatever they do. */
  remove(...containers: readonly string[]): Promise<void>;
  removeAll(): Promise<void>;
  removeNetworkWithAll(network: string): Promise<void>;
  /** An image of what `tar` packs with these arguments, known as `localhost/<name>`. Its digest. */
  importPacked(name: string, packing: readonly string[]): Promise<string>;
  /** An image as an OCI layout in a folder that is not there yet. */
  saveLayout(image: string, folder: string): Promise<void>;
  /** The digest under which the image of a container was pulled. */
  imageDigestOf(container: string): Promise<string>;
  /** Removes every container, network and image, and ends it. */
  close(): Promise<void>;
}
