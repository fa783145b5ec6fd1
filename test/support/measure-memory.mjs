// Loaded into a program of ours with --import: what it took at most, once it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env.MEASURE_MEMORY_FILE;
  if (file !== undefined) writeFileSync(file, String(process.resourceUsage().maxRSS));
});
