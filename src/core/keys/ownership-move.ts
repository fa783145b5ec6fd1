/** How far a hand-over has come. */
export const moveSteps = ['begun', 'stopped', 'carried', 'configured', 'handed-over'] as const;
export type MoveStep = (typeof moveSteps)[number];
