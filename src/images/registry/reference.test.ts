import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../errors.ts';
import { parseChallenges } from './challenge.ts';
import { parseReference, printReference } from './reference.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

test('references are read as docker reads them', () => {
  for (const [text, printed] of [
    ['ubuntu', 'docker.io/library/ubuntu:latest'],
    ['ubuntu:jammy-20221130', 'docker.io/library/ubuntu:jammy-20221130'],
    [`ubuntu@${digest}`, `docker.io/library/ubuntu@${digest}`],
    [`ubuntu:jammy@${digest}`, `docker.io/library/ubuntu:jammy@${digest}`],
    ['team/image', 'docker.io/team/image:latest'],
    ['index.docker.io/team/image', 'docker.io/team/image:latest'],
    ['localhost/image', 'localhost/image:latest'],
    ['localhost:5000/image', 'localhost:5000/image:latest'],
    ['[::1]:5000/a/b:c', '[::1]:5000/a/b:c'],
    [
      'registry.example.com:443/a/b__c/d-e.f:T_1.2-3',
      'registry.example.com:443/a/b__c/d-e.f:T_1.2-3',
    ],
  ] as const) {
    assert.is(printReference(parseReference(text)), printed);
    assert.equal(parseReference(printed), parseReference(text), 'in full, it is the same one');
  }
});

test('71 what is no reference is refused with what is wrong', () => {
  for (const [text, says] of [
    ['', /illegal name ''/],
    ['Ubuntu', /illegal name 'Ubuntu'/],
    ['a/../b', /illegal name '\.\.'/],
    ['a//b', /illegal name ''/],
    ['a:', /illegal tag ''/],
    [`a:${'x'.repeat(129)}`, /illegal tag/],
    ['a@sha256:00', /no digest/],
    [`a@${digest}@${digest}`, /no digest/],
    ['a@sha256:../../x', /no digest/],
    ['ho st.com/a', /illegal host/],
    ['user:pass@host.com/a', /no digest/],
    ['https://host.com/a', /illegal/],
    [`${'a/'.repeat(300)}a`, /too many characters/],
    [`${'a-'.repeat(200)}!`, /illegal name/],
  ] as const) {
    try {
      parseReference(text);
    } catch (error) {
      assert.instance(error, UsageError, text);
      assert.match(String(error), says);
      continue;
    }
    assert.unreachable(`'${text.slice(0, 40)}' was accepted`);
  }
});

test('challenges are read as RFC 9110 writes them', () => {
  const read = (header: string): unknown =>
    parseChallenges(header).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]);
  assert.equal(read('Bearer realm="https://a/t",service="s",scope="repository:x:pull,push"'), [
    ['bearer', { realm: 'https://a/t', service: 's', scope: 'repository:x:pull,push' }],
  ]);
  assert.equal(read('Basic realm="a \\"b\\"", charset=UTF-8, Bearer realm=x'), [
    ['basic', { realm: 'a "b"', charset: 'UTF-8' }],
    ['bearer', { realm: 'x' }],
  ]);
  assert.equal(read('Negotiate, Basic realm="x"'), [
    ['negotiate', {}],
    ['basic', { realm: 'x' }],
  ]);
  assert.equal(read(''), []);
  assert.equal(read('"""'), []);
});

test.run();
