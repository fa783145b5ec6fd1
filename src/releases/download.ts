import { type Downloaded, DownloadFailure, type DownloadOptions, downloadFile } from '../base/download.ts';
import { displayUrl } from '../base/http-url.ts';
import { releaseErrors } from './errors.ts';

/**
 * Downloads one file of a release. Throws EPH-RELEASES-NOT-FOUND for 404 and 410 at once; EPH-RELEASES-DOWNLOAD
 * for all else once its tries are used up.
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  try {
    return await downloadFile(options);
  } catch (thrown) {
    if (!(thrown instanceof DownloadFailure)) throw thrown;
    const url = displayUrl(options.url);
    if (thrown.reason === 'not-found') throw releaseErrors.create('EPH-RELEASES-NOT-FOUND', { url });
    const facts = { url, problem: thrown.message };
    throw releaseErrors.create('EPH-RELEASES-DOWNLOAD', facts, thrown.cause ?? thrown);
  }
}
