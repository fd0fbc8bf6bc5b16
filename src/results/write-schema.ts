import { join } from 'node:path';
import * as z from 'zod';
import { type Measure, measures, type Unit } from '../measures/mod.ts';
import { projectDirectory } from '../project.ts';
import { groupBy } from '../report/group.ts';
import { writeWhole } from '../write-whole.ts';
import { recordSchema } from './schema.ts';

/** The published form of the schema of a record. */
export function schemaText(): string {
  const schema = z.toJSONSchema(recordSchema);
  const cell = { type: 'object', properties: { measure: { const: '*' } } };
  const whole = { ...schema, allOf: [{ anyOf: [...rangeRules(), cell] }] };
  return `${JSON.stringify({ title: 'ocibench record', ...whole }, undefined, 2)}\n`;
}

/** The ranges of the table of measures, which the code checks by itself, for other readers of records. */
function rangeRules(): readonly object[] {
  const groups = groupBy([...measures.values()], (one) => JSON.stringify(rangeRule(one)));
  return [...groups].map(([rule, own]) => {
    const range: unknown = JSON.parse(rule);
    const names = own.map(({ name }) => name);
    const properties = { measure: { enum: names }, value: range, low: range, high: range };
    return { type: 'object', properties };
  });
}

/** Units whose values are no plain numbers. */
const TEXTS: readonly Unit[] = ['sha256', 'name', 'version'];

function rangeRule({ unit, range: { least, most, whole } }: Measure): object {
  if (TEXTS.includes(unit)) return {};
  return {
    type: whole ? 'integer' : 'number',
    ...(Number.isFinite(least) ? { minimum: least } : {}),
    ...(Number.isFinite(most) ? { maximum: most } : {}),
  };
}

export const schemaPath: string = join(projectDirectory, 'src', 'results', 'record.schema.json');

if (process.argv[1]?.includes(join('results', 'write-schema')))
  writeWhole(schemaPath, schemaText());
