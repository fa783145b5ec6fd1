/** How a Mayfly names itself in the Beacon API. */
export const nodeVersion = `Mayfly/0.1.0/${process.platform}-${process.arch}`;
