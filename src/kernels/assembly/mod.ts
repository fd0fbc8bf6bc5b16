export { fastcdc } from './fastcdc';
export { rabin } from './rabin';
