import { findMember } from '../ids.ts';
import { type Details, EXIT, namesIn, type Option, onlyPositional, type Verb } from './command.ts';
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

/** A verb with its options, and what may follow it: each with the names that it takes, where these are known. */
interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly names: readonly string[] | undefined;
  /** What the first word may be, where others are no names. */
  readonly actions: readonly string[] | undefined;
  readonly options: readonly (Option & { readonly names: readonly string[] | undefined })[];
}

const SHELLS: readonly {
  readonly name: string;
  write(verbs: readonly Completed[]): string;
}[] = [
  { name: 'bash', write: bash },
  { name: 'zsh', write: zsh },
  { name: 'fish', write: fish },
];

export function createCompletion(verbs: readonly Verb[]): Details {
  return {
    usage: '(bash|zsh|fish)',
    actions: namesIn(SHELLS),
    options: [],
    examples: [
      ['completion zsh > ~/.zfunc/_bench', 'for zsh, where ~/.zfunc is in fpath'],
      ['completion fish > ~/.config/fish/completions/bench.fish', 'for fish'],
    ],
    async run(words, io) {
      const shell = findMember('shell', SHELLS, onlyPositional(words, '(bash|zsh|fish)'));
      const known = await allNames();
      const completed: Completed[] = [];
      for (const { name, summary, details } of verbs) {
        const { actions, options } = await details();
        completed.push({
          name,
          summary,
          names: known.verbs[name],
          actions,
          options: options.map((option) => ({
            ...option,
            names: known.options[option.name] ?? option.choices,
          })),
        });
      }
      io.out(shell.write(completed));
      return EXIT['fine']!;
    },
  };
}

const COMMANDS = ['bench', 'ocibench'];

/** What a command line without a verb means (main.ts): by its first word. */
const WITHOUT_VERB = { options: 'run', images: 'compare' } as const;

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
    verbs: { ...(await read(LISTS.verbs)), list: listNames },
  };
}

function flags(options: readonly Option[]): string {
  return [...options.map(({ name }) => `--${name}`), '--help'].join(' ');
}

function bash(verbs: readonly Completed[]): string {
  const cases = verbs.map(
    ({ name, options, names = [], actions }) =>
      `    ${name}) words='${flags(options)}' names='${names.join(' ')}'${actions ? ` actions='${actions.join(' ')}'` : ''} ;;`,
  );
  const values = verbs.flatMap(({ name: verb, options }) =>
    options.flatMap(({ name, value, names = [] }) =>
      value === undefined ? [] : [`    '${verb} --${name}') names='${names.join(' ')}' ;;`],
    ),
  );
  return `_bench() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= names= actions= at=1
  while [[ \${COMP_WORDS[at]} == --quiet ]] && ((at < COMP_CWORD)); do ((at++)); done
  local verb=\${COMP_WORDS[at]}
  case $verb in
    ${verbs.map(({ name }) => name).join('|')}) ;;
    -*) verb=${WITHOUT_VERB.options} ;;
    *) verb=${WITHOUT_VERB.images} ;;
  esac
  # --option=value is three words here.
  if [[ $current == = ]]; then
    current=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $verb in
${cases.join('\n')}
  esac
  ((COMP_CWORD == at + 1)) && names+=" $actions"
  case "$verb $before" in
${values.join('\n')}
  esac
  if ((COMP_CWORD == at)); then
    names='${verbs.map(({ name }) => name).join(' ')} --help --version --quiet'
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    return
  fi
  # Files are looked for where no name fits: a directory of the same name would add a slash to it.
  mapfile -t COMPREPLY < <(compgen -W "$names" -- "$current")
  if [[ -z $current ]] || ((\${#COMPREPLY[@]} == 0)); then
    compopt -o filenames 2>/dev/null
    mapfile -t -O \${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _bench ${COMMANDS.join(' ')}
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

function zsh(verbs: readonly Completed[]): string {
  const described = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = verbs.map(({ name, names, actions, options }) => {
    const all = options.map(({ name: own, names: known, value, multiple, description }) => {
      const text = description.replaceAll(/[[\]:\\]/g, ' ');
      const takes = known ? either(known) : '_files';
      const spec = `${multiple ? '*' : ''}--${own}${value === undefined ? '' : '='}[${text}]${value === undefined ? '' : `:${value.replaceAll(':', ' ')}:${takes}`}`;
      return `      ${quoted(spec)} \\`;
    });
    const first = actions ? [`      ${quoted(`1:action:(${actions.join(' ')})`)} \\`] : [];
    const rest = quoted(names ? `*:name or file:${either(names)}` : '*:file:_files');
    return [`    ${name}) _arguments \\`, ...all, ...first, `      ${rest} ;;`].join('\n');
  });
  return `#compdef ${COMMANDS.join(' ')}
_bench() {
  local -a verbs
  verbs=(
${described.join('\n')}
  )
  while ((CURRENT > 2)) && [[ $words[2] == --quiet ]]; do
    words[2]=()
    ((CURRENT--))
  done
  if ((CURRENT == 2)); then
    _describe 'verb' verbs
    _values option --quiet --help --version
    _files
    return
  fi
  local verb=$words[2]
  case $verb in
    ${verbs.map(({ name }) => name).join('|')})
      shift words
      ((CURRENT--)) ;;
    -*) verb=${WITHOUT_VERB.options} ;;
    *) verb=${WITHOUT_VERB.images} ;;
  esac
  case $verb in
${cases.join('\n')}
  esac
}
_bench "$@"
`;
}

function fish(verbs: readonly Completed[]): string {
  const known = verbs.map(({ name }) => name).join(' ');
  const verb = `function __bench_verb
  set -l words (string match -v -- --quiet (commandline -opc))
  if contains -- "$words[2]" ${known}
    echo $words[2]
  else if string match -q -- '-*' "$words[2]"
    echo ${WITHOUT_VERB.options}
  else if test -n "$words[2]"
    echo ${WITHOUT_VERB.images}
  else
    echo none
  end
end
function __bench_first
  test (count (string match -v -- --quiet (commandline -opc))) -eq 2
end`;
  const lines = COMMANDS.flatMap((command) =>
    verbs.flatMap(({ name, summary, names, actions, options }) => {
      // A name further on may be a verb as well: `bench list claims`.
      const after = `complete -c ${command} -n 'test (__bench_verb) = ${name}'`;
      return [
        `complete -c ${command} -n 'test (__bench_verb) = none' -a ${name} -d ${quoted(summary)}`,
        ...(actions
          ? [
              `complete -c ${command} -n 'test (__bench_verb) = ${name}; and __bench_first' -a ${quoted(actions.join(' '))}`,
            ]
          : []),
        ...(names ? [`${after} -a ${quoted(names.join(' '))}`] : []),
        ...options.map(({ name: option, names: known, value, description }) => {
          const words = known ? ` -a ${quoted(known.join(' '))}` : '';
          return `${after} -l ${option}${value === undefined ? '' : ` -r${words}`} -d ${quoted(description)}`;
        }),
      ];
    }),
  );
  return `${[verb, ...COMMANDS.map((command) => `complete -c ${command} -n 'test (__bench_verb) = none' -l quiet -l help -l version`), ...lines].join('\n')}\n`;
}
