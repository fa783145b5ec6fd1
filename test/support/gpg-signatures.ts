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
  /** By an RSA key. */
  rsa: 'iQFCBAABCgAsFiEEuz7ikmegKGbmbFuPf6b//Sygt40FAms27IAOHHJAZXhhbXBsZS5vcmcACgkQf6b//Sygt43BCAgAiXoE6+1XXfHlA/fvPJ0JV2WIKW3VKRyOYtKk8oXgq5M0HQmuZpIX8VnfxPCkT1emHc1zBs2nye1n8sHgJ4Xz8hjio+4BR41dS65TXJdFzhpfcYRLkpgevmOoHhMUp7E5FDU1XJm5Pu4vNZBSQYEC4t11POUQdY2tgiCMA6B33LQZKXnfIUBNhv9ytOUgrHvY6aon/9vIDhH9IXDj7ObEiyHOvxD3M6V0vTWf5yrTn1HIJBHsSxxuvT1TFmJakot/W6AxJ645dBePgui1EF2lCHVPbIai+VzzIYjougNBo6LEkGF+MSGMg9449+z2yvMLj33q0AF4LNw51WCyVbZk7w==',
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
