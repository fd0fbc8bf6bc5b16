export async function writeReport(_d: string): Promise<string[]> {
  return [];
}
