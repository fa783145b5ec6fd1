import type { Clock } from '../../base/clock.ts';
import type { Control } from '../../operations/control/control.ts';
import type { Output } from '../output/output.ts';
import { plainText } from '../output/plain-text.ts';
import { statusText } from './status-text.ts';

const everyMs = 1_000;
const introducer = '\u001b[';

/** Events scroll by above, and the state of the root stays below, drawn anew each second. */
export class LiveView {
  private readonly output: Output;
  private readonly clock: Clock;
  private drawnLines = 0;
  private block = '';

  constructor(output: Output, clock: Clock) {
    this.output = output;
    this.clock = clock;
  }

  /** Puts a line above the block. */
  line(text: string): void {
    this.output.draw(`${this.erase()}${text}\n${this.block}`);
    this.drawnLines = lineCount(this.block);
  }

  run(control: Control, signal: AbortSignal): Promise<void> {
    return this.follow(async () => statusText(await control.status(), this.output.style), signal);
  }

  /** Shows what `render` gives, again and again until the signal; what it cannot give now stays as it was. */
  async follow(render: () => Promise<string>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const text = await render().catch(() => undefined);
      if (text !== undefined && !signal.aborted) this.show(text);
      await this.clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }

  /** Leaves the last block standing and the cursor below it. */
  end(): void {
    this.block = '';
    this.drawnLines = 0;
  }

  private show(text: string): void {
    const lines = text.split('\n').map((line) => cut(line, this.output.columns));
    const block = `${introducer}2m${'─'.repeat(Math.min(40, this.output.columns))}${introducer}22m\n${lines.join('\n')}\n`;
    this.output.draw(`${this.erase()}${block}`);
    this.block = block;
    this.drawnLines = lineCount(block);
  }

  /** Moves to the block's first line and clears from there. */
  private erase(): string {
    return this.drawnLines === 0 ? '' : `${introducer}${this.drawnLines}A\r${introducer}0J`;
  }
}

function lineCount(block: string): number {
  return block === '' ? 0 : block.split('\n').length - 1;
}

/** A line that wraps would make the block higher than counted; colours end with it. */
function cut(line: string, columns: number): string {
  const plain = plainText(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}
