export { AccessMap } from './access-map.ts';
export {
  accountPackages,
  type InstalledPackage,
  medianFile,
  medianPackage,
  type NamedFile,
  type PackageAccount,
} from './accounted.ts';
export type { AccessCost, AccessOptions, FileAccess } from './cost.ts';
export { type Asked, accountMeasures, transparencyMeasures } from './transparency.ts';
export { type Doubt, type DoubtedFile, type VerbatimAccount, verifyPackages } from './verbatim.ts';
export { type Way, wayOfModel } from './way.ts';
