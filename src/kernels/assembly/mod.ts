export { fastcdc } from './fastcdc';
export { rabin } from './rabin';
export { restartScan, scanGear, scannedTo, selectGear } from './gear-scan';
