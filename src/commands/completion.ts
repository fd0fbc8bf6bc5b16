import { findMember } from '../ids.ts';
import { type Details, EXIT, type Option, onlyPositional, type Verb } from './command.ts';
import { listNames, namesOf } from './list.ts';

/** Scripts that shells read: verbs, options of each verb, names that options and verbs take, and files. */

/** The list, as `bench list` has it, that an option takes names from, or a verb. */
const LISTS: Readonly<Record<'options' | 'verbs', Readonly<Record<string, string>>>> = {
  options: {
    dataset: 'datasets',
    model: 'models',
    link: 'links',
    chunker: 'chunkers',
    serialiser: 'serialisers',
  },
  verbs: { run: 'experiments', plan: 'experiments', claims: 'claims' },
};

/** Words that stand for several of a list. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  model: ['all'],
  link: ['all', 'default'],
};

/** Names by option and by verb. */
type Names = Readonly<Record<keyof typeof LISTS, Readonly<Record<string, readonly string[]>>>>;

/** A verb with its options. */
interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
}

const SHELLS: readonly {
  readonly name: string;
  write(verbs: readonly Completed[], names: Names): string;
}[] = [
  { name: 'bash', write: bash },
  { name: 'zsh', write: zsh },
  { name: 'fish', write: fish },
];

export function createCompletion(verbs: readonly Verb[]): Details {
  return {
    usage: '(bash|zsh|fish)',
    options: [],
    examples: [
      ['completion zsh > ~/.zfunc/_bench', 'for zsh, where ~/.zfunc is in fpath'],
      ['completion fish > ~/.config/fish/completions/bench.fish', 'for fish'],
    ],
    async run(words, io) {
      const shell = findMember('shell', SHELLS, onlyPositional(words, '(bash|zsh|fish)'));
      const completed: Completed[] = [];
      for (const { name, summary, details } of verbs) {
        // This verb has none.
        const { options } = name === 'completion' ? { options: [] } : await details();
        completed.push({ name, summary, options });
      }
      io.out(shell.write(completed, await allNames()));
      return EXIT['fine']!;
    },
  };
}

const COMMANDS = ['bench', 'ocibench'];

async function allNames(): Promise<Names> {
  const read = async (lists: Readonly<Record<string, string>>): Promise<Names['options']> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(lists).map(
          async ([name, list]) =>
            [name, [...(await namesOf(list)), ...(GROUPS[name] ?? [])]] as const,
        ),
      ),
    );
  return {
    options: await read(LISTS.options),
    verbs: {
      ...(await read(LISTS.verbs)),
      list: listNames,
      completion: SHELLS.map(({ name }) => name),
    },
  };
}

function flags(options: readonly Option[]): string {
  return [...options.map(({ name }) => `--${name}`), '--help'].join(' ');
}

function bash(verbs: readonly Completed[], names: Names): string {
  const cases = verbs.map(({ name, options }) => {
    const own = names.verbs[name];
    return `    ${name}) words='${flags(options)}'${own ? ` names='${own.join(' ')}'` : ''} ;;`;
  });
  const valued = verbs.flatMap(({ options }) =>
    options.flatMap(({ name, value }) => (value === undefined ? [] : [name])),
  );
  const values = [...new Set(valued)].map(
    (name) => `    --${name}) names='${(names.options[name] ?? []).join(' ')}' ;;`,
  );
  return `_bench() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= names=
  # --option=value is three words here.
  if [[ $current == = ]]; then
    current=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  case $before in
${values.join('\n')}
  esac
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '${verbs.map(({ name }) => name).join(' ')} --help --version' -- "$current"; compgen -f -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$names" -- "$current"; compgen -f -- "$current")
  fi
}
complete -o filenames -F _bench ${COMMANDS.join(' ')}
`;
}

/** In single quotes, for zsh and fish alike. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}

/** For zsh: one of these names, or a file. */
function either(names: readonly string[]): string {
  return `{ _values name ${names.join(' ')}; _files }`;
}

function zsh(verbs: readonly Completed[], names: Names): string {
  const described = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = verbs.map(({ name, options }) => {
    const all = options.map(({ name: own, value, multiple, description }) => {
      const text = description.replaceAll(/[[\]:\\]/g, ' ');
      const known = names.options[own];
      const takes = known ? either(known) : '_files';
      const spec = `${multiple ? '*' : ''}--${own}${value === undefined ? '' : '='}[${text}]${value === undefined ? '' : `:${value.replaceAll(':', ' ')}:${takes}`}`;
      return `      ${quoted(spec)} \\`;
    });
    const own = names.verbs[name];
    const rest = quoted(own ? `*:name or file:${either(own)}` : '*:file:_files');
    return [`    ${name}) _arguments \\`, ...all, `      ${rest} ;;`].join('\n');
  });
  return `#compdef ${COMMANDS.join(' ')}
_bench() {
  local -a verbs
  verbs=(
${described.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe 'verb' verbs
    _files
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT--))
  case $verb in
${cases.join('\n')}
    *) _files ;;
  esac
}
_bench "$@"
`;
}

function fish(verbs: readonly Completed[], names: Names): string {
  const lines = COMMANDS.flatMap((command) =>
    verbs.flatMap(({ name, summary, options }) => {
      // A name further on may be a verb as well: `bench list claims`.
      const after = `complete -c ${command} -n 'set -l words (commandline -opc); test "$words[2]" = ${name}'`;
      const own = names.verbs[name];
      return [
        `complete -c ${command} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
        ...(own ? [`${after} -a ${quoted(own.join(' '))}`] : []),
        ...options.map(({ name: option, value, description }) => {
          const known = names.options[option];
          const words = known ? ` -a ${quoted(known.join(' '))}` : '';
          return `${after} -l ${option}${value === undefined ? '' : ` -r${words}`} -d ${quoted(description)}`;
        }),
      ];
    }),
  );
  return `${lines.join('\n')}\n`;
}
