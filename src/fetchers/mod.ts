import { createNamedFamily, type Family, ofPlugin } from '../family.ts';
import type { Member, Resolved } from '../ids.ts';
import { heldFetcher } from './contract.ts';
import type { Fetcher } from './fetcher.ts';
import { get } from './get.ts';
import { range } from './range.ts';

export interface FetcherMember extends Member {
  readonly fetcher: Fetcher;
}

/** How a client asks for what it lacks. To add one: a file, and a row here. */
export const fetchers: Family<FetcherMember> = createNamedFamily('fetcher', [
  {
    name: 'get',
    title: 'GET of whole blobs and objects',
    source: 'OCI distribution-spec, pulling blobs',
    parameters: [],
    fetcher: get,
  },
  {
    name: 'range',
    title: 'Range requests on blobs with an index',
    source: 'RFC 9110 §14; containers/storage pkg/chunked for the gap',
    parameters: [
      {
        name: 'gap',
        kind: 'bytes',
        description: 'ranges this near to each other are fetched as one',
        default: 1024,
        minimum: 0,
        maximum: 2 ** 30,
      },
      {
        name: 'ranges',
        kind: 'integer',
        description: 'ranges in one request; registries commonly refuse more than one',
        default: 1,
        minimum: 1,
        maximum: 1024,
      },
    ],
    fetcher: range,
  },
]);

export const fetcherMembers: readonly FetcherMember[] = fetchers.members;

export function createFetcher({ member, id }: Resolved<FetcherMember>): Fetcher {
  if (!member.plugin) return member.fetcher;
  const fetcher = heldFetcher(id, member.fetcher);
  return { rounds: (...given) => ofPlugin(member, () => fetcher.rounds(...given)) };
}
