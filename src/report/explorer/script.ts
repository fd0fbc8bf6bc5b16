import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { projectDirectory } from '../../project.ts';

/**
 * The script of a report, one text that needs nothing from elsewhere: Vega and Vega-Lite as they are distributed, Vega's
 * interpreter of expressions, since the page forbids that text becomes code, and src/report/client/ in its order.
 */

/** What stands below uses what stands above. */
const CLIENT = [
  'text',
  'data',
  'state',
  'charts',
  'pareto',
  'picture',
  'table',
  'moments',
  'figures',
  'static',
  'controls',
  'main',
];

const require = createRequire(join(projectDirectory, 'package.json'));

let made: string | undefined;

export function explorerScript(): string {
  made ??= [
    licences(),
    distributed('vega', 'vega.min.js'),
    distributed('vega-lite', 'vega-lite.min.js'),
    interpreter(),
    `(() => {\n'use strict';\n${CLIENT.map(clientModule).join('\n')}\nbegin(JSON.parse(document.getElementById('data').textContent));\n})();`,
  ].join('\n');
  return made;
}

function folderOf(name: string): string {
  return dirname(require.resolve(name));
}

function distributed(name: string, file: string): string {
  return withoutMap(readFileSync(join(folderOf(name), file), 'utf8'));
}

/** It is distributed as a module alone. */
function interpreter(): string {
  const text = withoutMap(readFileSync(require.resolve('vega-interpreter'), 'utf8'));
  const body = text
    .replaceAll(/^import \{([^}]*)\} from 'vega-util';$/gm, 'const {$1} = vega;')
    .replaceAll(
      /^export \{ (\w+) as expressionInterpreter \};$/gm,
      'return { expressionInterpreter: $1 };',
    );
  return `globalThis.vegaInterpreter = (() => {\n${body}\n})();`;
}

/** Names of the modules are those of one scope here, so that imports are not needed. */
function clientModule(name: string): string {
  const path = join(projectDirectory, 'src', 'report', 'client', `${name}.js`);
  return readFileSync(path, 'utf8')
    .replaceAll(/^import [^;]* from '\.\/\w+\.js';\n/gm, '')
    .replaceAll(/^export /gm, '')
    .replaceAll(/^ *\/\*\*(?:(?!\*\/).)*\*\/\n/gms, '');
}

function withoutMap(text: string): string {
  return text.replace(/^\/\/# sourceMappingURL=.*$/m, '');
}

/** Their licence asks for it. */
function licences(): string {
  const text = readFileSync(join(folderOf('vega'), '..', 'LICENSE'), 'utf8');
  return `/*! Vega, Vega-Lite and vega-interpreter, of which parts follow:\n${text.trim().replaceAll('*/', '* /')}\n*/`;
}
