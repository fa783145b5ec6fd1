import type { ClientContext } from './client.ts';

/** A port that the client declared. Throws a plain Error when the planner gave none: that is a defect. */
export function portOf(context: ClientContext, name: string): number {
  const port = context.ports[name];
  if (port === undefined) throw new Error(`no port "${name}" was allocated for ${context.node}`);
  return port;
}

/** A value that the planner must have put into the context. Throws a plain Error when it did not. */
export function required(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`the context lacks ${what}`);
  return value;
}
