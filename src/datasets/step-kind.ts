/** Kinds of a step that a manifest may declare: no content tells them from an update. */
export const DECLARED_KINDS = ['version', 'edit', 'rebuild', 'return', 'start'] as const;
export type DeclaredKind = (typeof DECLARED_KINDS)[number];
