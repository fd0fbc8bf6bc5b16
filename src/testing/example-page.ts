import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';
import { writeReport } from '../report/write.ts';
import { findProgram } from '../workers/child.ts';
import { lackOf, lackOfTime, unless } from './needs.ts';

/** The committed example in a real browser, opened from disk. */

export interface PageContext {
  directory: string;
  url: string;
  browser: Browser;
}

const isDeno = 'Deno' in globalThis;

/** Tests with a browser and the report of the example; skipped where there is no browser. */
export function pageSuite(name: string): Test<PageContext> {
  const test = unless(
    suite<PageContext>(name),
    isDeno ? { reason: 'the browser is driven from Node', isFailure: false } : undefined,
    lackOfTime(),
    lackOf('chromium'),
  );

  test.before(async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'ocibench-page-'));
    context.directory = directory;
    for (const name of ['run.json', 'records.jsonl']) {
      cpSync(join(projectDirectory, 'reports', 'example', name), join(directory, name));
    }
    await writeReport(directory);
    context.url = pathToFileURL(join(directory, 'report.html')).href;
    const { chromium } = await import('playwright-core');
    const executablePath = findProgram('chromium')!;
    context.browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  test.after(async ({ browser, directory }) => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return test;
}

/** Opens the page and waits for its first chart. What it complains of, or asks of a network, fails the test. */
export async function opened(
  { browser, url }: PageContext,
  fragment = '',
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  page.on('console', (message) => assert.not.equal(message.type(), 'error', message.text()));
  page.on('pageerror', (error) => assert.unreachable(String(error)));
  page.on('request', (request) => assert.match(request.url(), /^(file|data|blob):/));
  await page.goto(url + fragment);
  await page.waitForSelector('#explorer-pictures svg');
  return page;
}
