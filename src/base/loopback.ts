/** Whether a URL names the loopback of whoever asks it: another one's inside a container. */
export function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  // A URL's own parser has made `127.1` and the like into four numbers, and only for the schemes of the web.
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || isFour(hostname)
  );
}

function isFour(hostname: string): boolean {
  return /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
