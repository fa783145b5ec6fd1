/** What `runtime:` says of a node that somebody else runs: it is looked at, and nothing of it is ever changed. */
export const externalRuntime = 'external';
