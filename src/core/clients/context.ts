import { bundleFiles } from '../network/bundle.ts';
import type { ClientContext } from './client.ts';

/** A port that the client declared. Throws a plain Error when the planner gave none: that is a defect. */
export function portOf(context: ClientContext, name: string): number {
  const port = context.ports[name];
  if (port === undefined) throw new Error(`no port "${name}" was allocated for ${context.node}`);
  return port;
}

/** A value that the planner must have put into the context. Throws a plain Error when it did not. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the context lacks ${what}`);
  return value;
}

/** Arguments that are there only when a value is. */
export function given(
  value: string | undefined,
  make: (value: string) => readonly string[],
): readonly string[] {
  return value === undefined ? [] : make(value);
}

/** One flag with all values, joined with commas; nothing when there are none. */
export function joined(flag: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${flag}=${values.join(',')}`];
}

/** The flag once for each value. */
export function repeated(flag: string, values: readonly string[]): readonly string[] {
  return values.map((value) => `${flag}=${value}`);
}

/** The path of a file of the bundle, as the program sees it. */
export function bundleFile(context: ClientContext, file: keyof typeof bundleFiles): string {
  return `${context.paths.bundle}/${bundleFiles[file]}`;
}

/** The folder that holds the consensus configuration and genesis. */
export function metadataFolder(context: ClientContext): string {
  return `${context.paths.bundle}/metadata`;
}

/**
 * Names that an HTTP API answers to, for clients that look at the Host header. Inside a container the
 * neighbours of a node come by its name, and nobody else reaches it.
 */
export function allowedHosts(context: ClientContext): string {
  return context.listenAddress === '127.0.0.1' ? 'localhost,127.0.0.1' : '*';
}
