import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';

/** One entry as it stands in a tar archive, without the care that a packer takes. */
export function tarEntry(header: HeaderData, content: Buffer | string = ''): Buffer {
  const body = Buffer.from(content);
  const block = Buffer.alloc(512);
  new Header({ mode: 0o644, size: body.length, type: 'File', ...header }).encode(block);
  return Buffer.concat([block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

export function tarGzOf(...entries: readonly Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}
