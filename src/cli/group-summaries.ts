/** What the words that only group commands say of themselves, in help and in the reference. */
export const groupSummaries: Readonly<Record<string, string>> = {
  artifacts: 'Look at the programs of clients: pinned, newer, unused, unharmed',
  devnet: 'Run a network of one’s own on this machine, and disturb it',
  'devnet chaos': 'Order disturbances of the node that makes a local network’s blocks',
  'devnet releaser': 'Order faults of the host that serves a local network’s releases',
  export: 'Show what runs as files of other tools',
  keys: 'Make, keep, back up, use and exit validator keys',
  'keys protect': 'Look at slashing protection, and carry it from place to place',
  network: 'Look at networks and their releases, fetch them, make them',
  service: 'Keep the supervisor running when the host starts again',
  support: 'Gather what others need to help',
  validators: 'Start, stop, halt and move validators',
};
