/** The last bytes of a stream, or of several in the order in which they come. */
export class Tail {
  private chunks: Buffer[] = [];
  private bytes = 0;
  private readonly most: number;

  constructor(most: number, ...streams: readonly NodeJS.ReadableStream[]) {
    this.most = most;
    for (const stream of streams) stream.on('data', (chunk: Buffer) => this.add(chunk));
  }

  text(): string {
    this.shorten();
    return Buffer.concat(this.chunks).toString('utf8');
  }

  private add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes > 2 * this.most) this.shorten();
  }

  private shorten(): void {
    const kept = Buffer.concat(this.chunks).subarray(-this.most);
    this.chunks = [kept];
    this.bytes = kept.length;
  }
}
