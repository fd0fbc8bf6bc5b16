import { ANSWERED } from '../time-model/verdict.ts';
import { named } from './axes.ts';
import { type Claim, caseOf } from './claim.ts';

export const rangesAreUnreliable: Claim = {
  id: 'C17',
  name: 'ranges of servers',
  statement:
    'Registries do not reliably serve several ranges in one request: docker-registry or nginx answers at least one without its parts.',
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
  // Requests are counted: one is one.
  bar: { unit: 'count', side: 'at least', value: 0.5, resolution: 0.25 },
  axes: [named('server')],
  // It is about the servers that are asked.
  leastSteps: 1,
  whyNone: 'servers to ask, docker-registry and nginx, would decide',
  cases: ({ observed }) =>
    observed
      .flatMap(({ cases }) => cases)
      .filter(({ parameters }) => parameters['of'] === ANSWERED)
      .map(({ parameters, value, bar }) => {
        const server = String(parameters['server']);
        const lacking = value === undefined ? undefined : bar - value;
        return caseOf(
          { step: 'servers', kind: 'run' },
          { server },
          lacking,
          rangesAreUnreliable.bar,
        );
      }),
};
