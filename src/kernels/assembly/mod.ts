export { ae } from './ae';
export { buzhash } from './buzhash';
export { fastcdc } from './fastcdc';
export { rabin } from './rabin';
export { ram } from './ram';
export { ronomon } from './ronomon';
export { loadWide } from './gear';
export { restartScan, scanGear, scannedTo, selectGear } from './gear-scan';
export { xet } from './xet';
