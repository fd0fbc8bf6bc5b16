import { findMember } from '../ids.ts';
import { type Details, EXIT, type Option, onlyPositional, type Verb } from './command.ts';

/** Scripts that shells read: verbs, options of each verb, then files. */

/** A verb with its options. */
interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
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
      io.out(shell.write(completed));
      return EXIT['fine']!;
    },
  };
}

const COMMANDS = ['bench', 'ocibench'];

function flags(options: readonly Option[]): string {
  return [...options.map(({ name }) => `--${name}`), '--help'].join(' ');
}

function bash(verbs: readonly Completed[]): string {
  const cases = verbs.map(({ name, options }) => `    ${name}) words='${flags(options)}' ;;`);
  return `_bench() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '${verbs.map(({ name }) => name).join(' ')} --help --version' -- "$current"; compgen -f -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _bench ${COMMANDS.join(' ')}
`;
}

/** In single quotes, for zsh and fish alike. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}

function zsh(verbs: readonly Completed[]): string {
  const described = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = verbs.map(({ name, options }) => {
    const all = options.map(({ name: own, value, multiple, description }) => {
      const text = description.replaceAll(/[[\]:\\]/g, ' ');
      const spec = `${multiple ? '*' : ''}--${own}[${text}]${value === undefined ? '' : `:${value.replaceAll(':', ' ')}:_files`}`;
      return `      ${quoted(spec)} \\`;
    });
    return [`    ${name}) _arguments \\`, ...all, `      '*:file:_files' ;;`].join('\n');
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

function fish(verbs: readonly Completed[]): string {
  const lines = COMMANDS.flatMap((command) =>
    verbs.flatMap(({ name, summary, options }) => [
      `complete -c ${command} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...options.map(
        ({ name: own, value, description }) =>
          `complete -c ${command} -n '__fish_seen_subcommand_from ${name}' -l ${own}${value === undefined ? '' : ' -r'} -d ${quoted(description)}`,
      ),
    ]),
  );
  return `${lines.join('\n')}\n`;
}
