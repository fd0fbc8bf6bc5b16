/** Kinds of a step that a manifest may declare: no content tells them from an update. */
export const DECLARED_KINDS = ['edit', 'rebuild', 'return', 'start'] as const;
export type DeclaredKind = (typeof DECLARED_KINDS)[number];
