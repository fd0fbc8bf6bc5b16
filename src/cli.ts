import { supervise } from './supervisor.ts';
import { scriptUrl } from './workers/pool.ts';

supervise(scriptUrl('./verb-thread', import.meta.url), process.argv.slice(2));
