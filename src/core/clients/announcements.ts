/** Where minimum versions were read: the tables of client releases in these posts of blog.ethereum.org. */
export const pectra = 'Pectra Mainnet Announcement, Ethereum Foundation, April 2025';
export const fusaka = 'Fusaka Mainnet Announcement, Ethereum Foundation, November 2025';
