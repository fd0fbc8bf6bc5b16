import type { Maybe } from '../../src/stats/mod.ts';
import { countBar } from '../../src/verdicts/case.ts';
import { ANSWERED, ASKED } from '../time-model/verdict.ts';
import { named } from './axes.ts';
import { type Claim, caseOf } from './claim.ts';

export const rangesAreUnreliable: Claim = {
  id: 'C17',
  name: 'ranges of servers',
  statement:
    'Servers do not reliably serve several ranges in one request: of docker-registry and nginx one answers without the parts.',
  said: [
    { who: 'zot users', where: 'project-zot/zot#3623', date: 'undated' },
    { who: 'containers/image developers', where: 'containers/image#2792', date: 'undated' },
  ],
  published: [
    { figure: '416 to two ranges', dataset: 'zot, project-zot/zot#3623' },
    { figure: '200 and all of the layer', dataset: 'a registry on S3, containers/image#2792' },
  ],
  datasets: ['ci-slice'],
  experiment: 'time-model',
  bar: countBar('at least', 1),
  axes: [named('server')],
  // It is about the servers that are asked.
  leastSteps: 1,
  whyNone: 'servers to ask, docker-registry and nginx, would decide',
  cases: ({ observed }) => {
    const figures = observed.flatMap((one) => one.figures);
    const of = (what: string, server: string): Maybe =>
      figures.find(({ parameters }) => parameters['of'] === what && parameters['server'] === server)
        ?.value;
    const servers = figures.flatMap(({ parameters }) =>
      parameters['of'] === ASKED ? [String(parameters['server'])] : [],
    );
    return servers.map((server) => {
      const [asked, answered] = [of(ASKED, server), of(ANSWERED, server)];
      const lacking = asked === undefined || answered === undefined ? undefined : asked - answered;
      // Who was asked for nothing has refused nothing.
      const value = asked === 0 ? undefined : lacking;
      return caseOf({ step: 'servers', kind: 'run' }, { server }, value, rangesAreUnreliable.bar);
    });
  },
};
