import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOutput } from '../../output.ts';
import { faultsOf } from './lint.ts';

/** Checks the pages of claims in a directory: prints what is wrong with each, and ends with 1 where something is. */
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new TypeError('give the directory of the pages');
const pages = readdirSync(directory).filter((name) => /^[ct]\d\d.*\.md$/.test(name));
const faults = pages.flatMap((name) =>
  faultsOf(readFileSync(join(directory, name), 'utf8')).map((fault) => `${name}: ${fault}`),
);
writeOutput(`${[...faults, `${pages.length} pages, ${faults.length} faults`].join('\n')}\n`);
process.exitCode = pages.length > 0 && faults.length === 0 ? 0 : 1;
