export { type AccessCost, AccessMap, type AccessOptions, type FileAccess } from './access-map.ts';
export {
  accountPackages,
  type InstalledPackage,
  medianFile,
  medianPackage,
  type NamedFile,
  type PackageAccount,
} from './accounted.ts';
export { type Asked, accountMeasures, transparencyMeasures } from './transparency.ts';
