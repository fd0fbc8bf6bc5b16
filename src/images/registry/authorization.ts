import * as z from 'zod';
import { UnavailableError } from '../../errors.ts';
import { decode, parseJson } from '../documents.ts';
import { type RequestContext, readBounded, request } from '../request.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credentials } from './credentials.ts';

export interface Account {
  /** Only requests to here are authorised. */
  readonly origin: string;
  readonly repository: string;
  /** Asked for once, when the registry wants to know. */
  credentials(): Promise<Credentials | undefined>;
}

const tokenSchema: z.ZodType<{
  readonly token?: string | undefined;
  readonly access_token?: string | undefined;
}> = z.looseObject({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * A fetch that answers the registry's challenge once a request (distribution, spec/auth/token.md and oauth.md; RFC 7617) and
 * keeps what it got for the next ones. The token may end in mid-pull: the next challenge then gets a new one. What is
 * refused with it is given back as it is.
 */
export function authorizedFetch(context: RequestContext, account: Account): typeof fetch {
  let held: Promise<string | undefined> = Promise.resolve(undefined);
  return async (input, init) => {
    const url = String(input);
    if (new URL(url).origin !== account.origin) return context.fetch(url, init);
    const send = (authorization: string | undefined): Promise<Response> => {
      const headers = new Headers(init?.headers);
      if (authorization !== undefined) headers.set('authorization', authorization);
      return context.fetch(url, { ...init, headers });
    };
    const used = held;
    const response = await send(await used.catch(() => undefined));
    if (response.status !== 401) return response;
    await response.body?.cancel();
    // Of several requests that are refused at once, the first one asks; the others wait for its answer.
    if (held === used) {
      const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '');
      held = answer(challenges, account, context);
      held.catch(() => {});
    }
    return send(await held);
  };
}

/** The value of the Authorization header. */
async function answer(
  challenges: readonly Challenge[],
  account: Account,
  context: RequestContext,
): Promise<string> {
  const credentials = await account.credentials();
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer) return `Bearer ${await fetchToken(bearer, credentials, account, context)}`;
  const isBasic = challenges.some(({ scheme }) => scheme === 'basic');
  if (isBasic && credentials && 'user' in credentials) return basic(credentials);
  throw new UnavailableError(
    isBasic ? 'the registry wants a login' : 'the registry refuses, and offers no way in',
    { url: account.origin },
    'log in with `docker login`',
  );
}

async function fetchToken(
  { parameters }: Challenge,
  credentials: Credentials | undefined,
  { origin, repository }: Account,
  context: RequestContext,
): Promise<string> {
  const realm = parameters.get('realm') ?? '';
  if (!URL.canParse(realm)) {
    throw new UnavailableError(
      `the registry gives tokens at '${realm}'`,
      { url: origin },
      'the registry is damaged: name another one',
    );
  }
  const query = new URLSearchParams({
    ...(parameters.has('service') ? { service: parameters.get('service')! } : {}),
    scope: parameters.get('scope') || `repository:${repository}:pull`,
  });
  const form =
    credentials && 'identityToken' in credentials ? oauth(query, credentials) : undefined;
  const url = new URL(realm);
  if (!form) for (const [name, value] of query) url.searchParams.append(name, value);
  const headers: Record<string, string> =
    credentials && 'user' in credentials ? { Authorization: basic(credentials) } : {};
  const server: RequestContext = {
    ...context,
    ...(form ? { fetch: posting(context.fetch, form) } : {}),
    remedy: 'log in with `docker login`, or check the name of the image',
  };
  const where = { url: `${url.origin}${url.pathname}` };
  const bytes = await request(url.href, headers, server, (body) => readBounded(body, where.url));
  const { token, access_token } = parseJson(decode(bytes, where), tokenSchema, where);
  const found = token || access_token;
  if (found && /^[\x21-\x7e]+$/.test(found)) return found;
  throw new UnavailableError('the answer holds no token', where, 'log in with `docker login`');
}

function oauth(query: URLSearchParams, credentials: { readonly identityToken: string }): string {
  const form = new URLSearchParams(query);
  form.set('grant_type', 'refresh_token');
  form.set('client_id', 'ocibench');
  form.set('refresh_token', credentials.identityToken);
  return form.toString();
}

function posting(fetch: typeof globalThis.fetch, form: string): typeof globalThis.fetch {
  return (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set('content-type', 'application/x-www-form-urlencoded');
    return fetch(url, { ...init, headers, method: 'POST', body: form });
  };
}

function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
