import { join } from 'node:path';
import * as z from 'zod';
import { projectDirectory } from '../project.ts';
import { writeWhole } from '../write-whole.ts';
import { manifestSchema } from './manifest.ts';

/** The published form of the manifest's schema. */
export function schemaText(): string {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'ocibench dataset', ...schema }, undefined, 2)}\n`;
}

export const schemaPath: string = join(projectDirectory, 'datasets', 'schema.json');

if (process.argv[1]?.includes('write-schema')) writeWhole(schemaPath, schemaText());
