import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { heavyArchives } from './heavy-archives.ts';

/**
 * Writes an archive of heavy metadata to standard output, to measure the memory of a reader by hand:
 *
 *     node dist/src/testing/write-heavy.js paths 80000 65000 >paths.tar
 *     node dist/src/testing/write-heavy.js attributes 6000 1000000 >attributes.tar
 *     node dist/src/testing/write-heavy.js sparse 40 1000000 >sparse.tar
 *     /usr/bin/time -v node bin/bench.js dataset show paths.tar
 */
const [kind = '', count = '1', each = '1'] = process.argv.slice(2);
const make = heavyArchives[kind];
if (!make) throw new Error(`give one of ${Object.keys(heavyArchives).join(', ')}`);
await pipeline(Readable.from(make(Number(count), Number(each))), process.stdout);
