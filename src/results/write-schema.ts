import { join } from 'node:path';
import { z } from 'zod';
import { projectDirectory } from '../project.ts';
import { writeWhole } from '../write-whole.ts';
import { recordSchema } from './schema.ts';

/** The published form of the schema of a record. */
export function schemaText(): string {
  const schema = z.toJSONSchema(recordSchema);
  return `${JSON.stringify({ title: 'ocibench record', ...schema }, undefined, 2)}\n`;
}

export const schemaPath: string = join(projectDirectory, 'src', 'results', 'record.schema.json');

if (process.argv[1]?.includes(join('results', 'write-schema')))
  writeWhole(schemaPath, schemaText());
