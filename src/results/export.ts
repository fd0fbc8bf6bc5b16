export async function exportRun(_d: string, _f: 'csv'|'md'|'json'): Promise<string> { return ''; }
