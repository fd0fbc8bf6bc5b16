/**
 * Files of tests whose code meets the runtime itself: threads, processes, files, sockets, codecs, the command line. CI runs
 * them whole under Node and under Deno. Of all other files it runs under Deno what is fast: their slow tests hold the same
 * pure code against more bytes, programs and images, and a release check runs those under Deno too (CONTRIBUTING.md).
 */
export const BY_RUNTIME: readonly string[] = [
  // Threads and processes: workers, signals, children of another runtime.
  'src/workers/',
  'src/processes',
  'src/runs/parallel-cells',
  'src/interrupted',
  'src/models/external/tool',
  'bench/time-model/',
  // Files, locks, disks, and what the system refuses.
  'src/write-whole',
  'src/locks',
  'src/disk',
  'src/daily',
  'src/trees/hostile',
  'src/results/run-directory',
  'src/datasets/concurrent',
  // Sockets and requests.
  'src/images/registry/',
  'src/datasets/registry',
  'src/datasets/remote-tar',
  // Codecs of the runtime beside those of WebAssembly.
  'src/codecs/',
  'src/models/cell',
  // Modules that are loaded from files, and the library by name.
  'src/plugins/(?!families)',
  'src/chunkers/added',
  // The command line, and a whole run.
  'src/cli\\.slow',
  'src/cli-datasets',
  'src/commands/',
  'src/writing-verbs',
  'src/pipeline',
  'src/comparison/',
  // The runner of tests itself.
  'src/testing/run\\.slow',
];
