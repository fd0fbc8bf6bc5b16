/** Version of the methodology: records of different versions are not comparable. CHANGELOG.md says what each changed. */
export const METHOD = 1;
