// Loaded before a program (`node --import`): its date is that of the machine, moved by the milliseconds that stand in the file
// MOVED_CLOCK. What measures durations is left alone. So a test comes to a reset without waiting for it.
import { readFileSync } from 'node:fs';

const file = process.env.MOVED_CLOCK;
const dateOfMachine = Date.now;
const readAgainAfterMs = 50;
let movedByMs = 0;
let readAtMs = Number.NEGATIVE_INFINITY;

Date.now = () => {
  const atMs = performance.now();
  if (file !== undefined && atMs - readAtMs >= readAgainAfterMs) {
    readAtMs = atMs;
    movedByMs = Number(readFileSync(file, 'utf8')) || 0;
  }
  return dateOfMachine() + movedByMs;
};
