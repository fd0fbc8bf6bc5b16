/** What a client may hold, in the order of records and tables; `-` where no client is involved. METHODS.md defines each. */
export const CLIENTS = [
  '-',
  'none',
  'previous',
  'all-previous',
  'base',
  'other-distribution',
] as const;

/** `image:ID` holds that one image of the dataset, `chunks:CHUNKER` the image before as cut by that chunker. */
export type Client = (typeof CLIENTS)[number] | `image:${string}` | `chunks:${string}`;

export function clientWith(image: string): Client {
  return `image:${image}`;
}

export function clientWithChunks(chunker: string): Client {
  return `chunks:${chunker}`;
}

/** The chunker that cut what such a client holds; undefined for other clients. */
export function cutterOf(client: string): string | undefined {
  return client.startsWith('chunks:') ? client.slice('chunks:'.length) : undefined;
}

/** The image that such a client holds; undefined for other clients. */
export function heldImage(client: string): string | undefined {
  return client.startsWith('image:') ? client.slice('image:'.length) : undefined;
}
