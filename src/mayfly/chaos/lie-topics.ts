/** What a producer's API can be ordered to lie about (wrong-answers.ts). */
export const lieTopics = [
  'genesis',
  'head',
  'finality',
  'syncing',
  'validators',
  'duties',
  'events',
] as const;

export type LieTopic = (typeof lieTopics)[number];
