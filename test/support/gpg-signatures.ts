/**
 * Signatures over the bytes `the archive\n`, made by GnuPG 2.2.40 with keys of tests, without their armor. By `publisher`
 * unless said otherwise.
 */
export const gpgSignatures = {
  sha256:
    'iHUEABYIAB0WIQR9Moij4WjtpfWEWSLDG0qhhnchggUCaaOBgAAKCRDDG0qhhnchgjylAP0Yk3qJuB3d/U7SyF0bG3Yh6eODJ8M7anl1KfWIzNDBoQD+ONnHOcZN7ayCNPcSXDNHEC4kk5CYWWQHBp8gZVuv4gc=',
  sha512:
    'iHUEABYKAB0WIQR9Moij4WjtpfWEWSLDG0qhhnchggUCaaOBgAAKCRDDG0qhhnchgortAP9Vfy9dBfLhU/HGaXaDENr6Q4WtBUKUqby6zdJPu0Fg3wD/VUvWBvPPille1FFcSyeuDAx5lSWYpch2SWyqhdJ6KAo=',
  /** With `--textmode`. */
  text: 'iHUEARYIAB0WIQR9Moij4WjtpfWEWSLDG0qhhnchggUCaaOBgAAKCRDDG0qhhnchglHwAP9x06eFvpIMGJ+r2uQF9Qs+L6eIQPQGuz5Y3tPMSOiXeAD+OkBS7jOrJBpWme2OBK7RytJhqyzBmze7XYBCkWYRCgw=',
  /** By another Ed25519 key. */
  other:
    'iIQEABYIACwWIQT/auOw1s84PzTIWNZ36bP4E0KgQQUCaaOBgA4cb0BleGFtcGxlLm9yZwAKCRB36bP4E0KgQd9kAQC1FHzBeHEAn8zAov544l7WuKTLUpJuy7sUxiEhsCVNKAEAiSR4pbX8xcmL4In/ret3hp3JC1s3qSBHeyepF5VA6gA=',
} as const;

export const signedContent = 'the archive\n';

/** An Ed25519 key of GnuPG, as the catalogue has one. */
export const publisher = {
  fingerprint: '7D3288A3E168EDA5F5845922C31B4AA186772182',
  packet: 'BGlVuQAWCSsGAQQB2kcPAQEHQJ1VO+OdNvnX3QQHC7045Qo4hm1zz391epSpL2VjSzCK',
};

/** As it stands in a file. */
export function armored(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PGP SIGNATURE-----', '', ...lines, '-----END PGP SIGNATURE-----', ''].join('\n');
}
