/** Where we read an archive of a corpus otherwise than another reader, on purpose; a test fails where one no longer occurs. */
export interface Difference {
  readonly reason: string;
  /** Lines `FILE PATH FACT: OURS | THEIRS`. */
  readonly lines: readonly string[];
}

const GO17 = `${'a'.repeat(97)}/foo`;

const damagedRecords =
  'It reads on where records of PAX are damaged, with what it could read; we refuse, as Go does.';
const emptyGlobal =
  'A record without a value takes back what was said before, as in Go; GNU tar and Python take it for a value.';

const go: readonly Difference[] = [
  {
    reason:
      'Go leaves global headers to its caller; POSIX, GNU tar and Python apply them to what follows.',
    lines: [
      'pax-global-records.tar file2 mtime: 1500000000000000000 | 0',
      'pax-global-records.tar file3 mtime: 1500000000000000000 | 0',
      'pax-global-records.tar global1 mtime: 1500000000000000000 | 0',
      'pax-global-records.tar global1 path: global1 | file1',
      'testtar.tar pax/bad-pax-\xe4\xf6\xfc ownerNames: tarfile:tarfile | lars:lars',
      'testtar.tar pax/regtype1 ownerNames: foo:bar | tarfile:tarfile',
      'testtar.tar pax/regtype2 ownerNames: tarfile:bar | tarfile:tarfile',
    ],
  },
  {
    reason: 'Go hands on types it does not know; GNU tar and libarchive read D as a directory.',
    lines: ['gnu-incremental.tar test2 type: directory | flag D'],
  },
  {
    reason: 'Go hands on types it does not know; GNU tar, libarchive and Python read X as x.',
    lines: [
      'testtar.tar /tmp/PaxHeaders.378/misc/regtype-suntar: not there | read',
      'testtar.tar misc/regtype-suntar mtime: 1041808783000000000 | 1168349624000000000',
    ],
  },
  {
    reason:
      'An extended header at the end describes nothing: its entry was cut off. libarchive and Python refuse it too.',
    lines: ['pax-path-hdr.tar: refused | read'],
  },
];

const gnuTar: readonly Difference[] = [
  {
    reason: 'GNU tar does not look for the prefix that Go before 1.8 misplaced.',
    lines: [`invalid-go17.tar ${GO17} path: ${GO17} | foo`],
  },
  {
    reason: 'A PAX header of more than 1 MiB is hostile, for Go as well.',
    lines: ['pax-bad-hdr-large.tar: refused | read'],
  },
  {
    reason:
      'GNU tar reads the digits before the first letter; a time that is none is refused, as by Go.',
    lines: ['pax-bad-mtime-file.tar: refused | read'],
  },
  {
    reason: `${emptyGlobal} It forgets an earlier global header when another comes.`,
    lines: [
      'pax-global-records.tar file3 mtime: 1500000000000000000 | 0',
      'pax-global-records.tar file3 path: file3 | ',
      'pax-global-records.tar file4 path: file4 | ',
    ],
  },
  {
    reason: 'GNU tar cuts a path at a NUL; we refuse it, as Go does.',
    lines: ['pax-nul-path.tar: refused | read'],
  },
  {
    reason:
      'An extended header at the end describes nothing: its entry was cut off. libarchive and Python refuse it too.',
    lines: ['pax-path-hdr.tar: refused | read'],
  },
  {
    reason: 'GNU tar keeps labels of SELinux apart from other attributes.',
    lines: [
      'xattrs.tar small.txt attributeLengths: security.selinux:35 user.key2:6 user.key:5 | user.key2:6 user.key:5',
      'xattrs.tar small2.txt attributeLengths: security.selinux:35 | ',
    ],
  },
];

const bsdtar: readonly Difference[] = [
  {
    reason: 'libarchive does not look for the prefix that Go before 1.8 misplaced.',
    lines: [`invalid-go17.tar ${GO17}: read | not there`, 'invalid-go17.tar foo: not there | read'],
  },
  {
    reason:
      'libarchive takes the length of sparse files for that of every file, where there is one.',
    lines: ['nil-uid.tar P1050238.JPG.log size: 14 | 2176'],
  },
  {
    reason:
      'libarchive reads the digits before the first letter; a time that is none is refused, as by Go.',
    lines: ['pax-bad-mtime-file.tar: refused | read'],
  },
  {
    reason:
      'libarchive passes over global headers; POSIX, GNU tar and Python apply them to what follows.',
    lines: [
      'pax-global-records.tar file1: not there | read',
      'pax-global-records.tar file2 mtime: 1500000000000000000 | 0',
      'pax-global-records.tar file3 mtime: 1500000000000000000 | 0',
      'pax-global-records.tar global1: read | not there',
    ],
  },
  {
    reason: 'libarchive cuts a path at a NUL; we refuse it, as Go does.',
    lines: ['pax-nul-path.tar: refused | read'],
  },
];

const python: readonly Difference[] = [
  {
    reason: 'Python takes the times of GNU tar for a prefix, and hands on types it does not know.',
    lines: [
      'gnu-incremental.tar test2 path: test2 | 12574544345/test2',
      'gnu-incremental.tar test2 type: directory | flag D',
      'gnu-incremental.tar test2/foo path: test2/foo | 12574544345/test2/foo',
    ],
  },
  {
    reason:
      'Of two headers of one kind the later counts, as in GNU tar, libarchive and Go; in Python the first.',
    lines: [
      'gnu-multi-hdrs.tar GNU2/GNU2/long-path-name link: GNU4/GNU4/long-linkpath-name | GNU3/GNU3/long-linkpath-name',
      'gnu-multi-hdrs.tar GNU2/GNU2/long-path-name path: GNU2/GNU2/long-path-name | GNU1/GNU1/long-path-name',
      'pax-multi-hdrs.tar bar link: PAX4/PAX4/long-linkpath-name | PAX3/PAX3/long-linkpath-name',
      'pax-multi-hdrs.tar bar path: bar | PAX1/PAX1/long-path-name',
    ],
  },
  {
    reason: damagedRecords,
    lines: [
      'pax-bad-hdr-file.tar: refused | read',
      'pax-bad-mtime-file.tar: refused | read',
      'pax-nul-path.tar: refused | read',
      'pax-nul-xattrs.tar: refused | read',
    ],
  },
  {
    reason: 'A PAX header of more than 1 MiB is hostile, for Go as well.',
    lines: ['pax-bad-hdr-large.tar: refused | read'],
  },
  {
    reason: emptyGlobal,
    lines: [
      'pax-global-records.tar file3 path: file3 | ',
      'pax-global-records.tar file4 path: file4 | ',
      'testtar.tar pax/regtype2 ownerNames: tarfile:bar | :bar',
    ],
  },
  {
    reason:
      'Python takes the size in the archive for that of a sparse file, where a record states it.',
    lines: [
      'pax-nil-sparse-data.tar sparse.db content: ab6c5f3237f551d208fc2ca5225a4cca20b3fd638794a804f0ed5549d5041734 | c3486a8055e49bd5bcee4d3842d52c46df007e6843db70dc367b23c092aee246',
      'pax-nil-sparse-data.tar sparse.db size: 1000 | 1512',
      'pax-nil-sparse-hole.tar sparse.db content: 541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53 | 076a27c79e5ace2a3d47f9dd2e83e4ff6ea8872b3c2218f66c92b89b55f36560',
      'pax-nil-sparse-hole.tar sparse.db size: 1000 | 512',
      'pax-sparse-big.tar pax-sparse size: 60000000000 | 3584',
    ],
  },
];

/** Name of the reader → what differs. */
export const differences: Readonly<Record<string, readonly Difference[]>> = {
  Go: go,
  'GNU tar': gnuTar,
  bsdtar,
  "Python's tarfile": python,
};
