export { type AccessCost, AccessMap, type AccessOptions, type FileAccess } from './access-map.ts';
