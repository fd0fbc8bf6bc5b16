import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';
import type { ValueRecord } from '../results/record.ts';
import { type PageContext as Context, opened, pageSuite } from '../testing/example-page.ts';

const test = pageSuite('page in a browser');

/** Text of the cells of the table of figures, row by row, heads first. */
function figures(page: Page): Promise<string[][]> {
  return page.$$eval('#explorer-figures tr', (rows) =>
    rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')),
  );
}

function recordsOf({ directory }: Context): readonly ValueRecord[] {
  return readFileSync(join(directory, 'records.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ValueRecord);
}

test('the first screen has the answer and a chart, at every width, and nothing scrolls sideways', async (context) => {
  for (const [width, height] of [
    [1440, 900],
    [768, 1024],
    [390, 844],
    [320, 640],
  ] as const) {
    const page = await opened(context, '', { viewport: { width, height } });
    assert.match(
      (await page.textContent('.answer')) ?? '',
      / transfers \d+ % to \d+ % less than | transfers the least data/,
    );
    const chart = (await page.locator('#explorer-pictures svg').first().boundingBox())!;
    assert.ok(chart.y + chart.height < 1.5 * height || width === 320, `${width}: ${chart.y}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} at ${width}`);
    await page.close();
  }
});

test('a chosen measure is shown, stands in the address, and is there again for who opens the link', async (context) => {
  const page = await opened(context);
  await page.getByLabel('Measure', { exact: true }).selectOption('stored.bytes');
  await page.waitForFunction(() =>
    document.querySelector('#explorer-pictures h3')?.textContent?.startsWith('up to'),
  );
  const shown = await figures(page);
  const [, first] = shown;
  const stored = recordsOf(context).find(
    ({ measure, image, model }) =>
      measure === 'stored.bytes' &&
      image === 'trixie' &&
      model === 'layers|whole|delivered|layers|get',
  );
  assert.is(first![0], 'oci-gzip');
  assert.is(first![1], `${(Number(stored!.value) / 1e6).toFixed(2)} MB`);
  const other = await opened(context, new URL(page.url()).hash);
  assert.equal(await figures(other), shown);
  assert.is(await other.getByLabel('Measure', { exact: true }).inputValue(), 'stored.bytes');
  await Promise.all([page.close(), other.close()]);
});

test('a baseline makes everything a ratio to it', async (context) => {
  const page = await opened(context);
  await page.getByLabel('Baseline', { exact: true }).selectOption({ label: 'tar-zstd' });
  const [heads, ...rows] = await figures(page);
  const place = heads!.indexOf('ratio');
  const number = (text: string): number => Number.parseFloat(text.replaceAll(',', ''));
  const base = number(rows.find(([name]) => name === 'tar-zstd')![place - 1]!);
  for (const row of rows) {
    const ratio = number(row[place - 1]!) / base;
    assert.ok(Math.abs(number(row[place]!) - ratio) < 0.006, row.join(' '));
  }
  assert.match((await page.textContent('#explorer-pictures figure')) ?? '', /ratio to tar-zstd/);
  // … also where the baseline itself is not shown.
  await page.getByText(/^Models: /).click();
  await page.getByLabel('Find a model').fill('oci-gzip');
  await page.waitForFunction(
    () => document.querySelectorAll('#explorer-figures tbody tr').length === 1,
  );
  const [, only] = await figures(page);
  const wanted = rows.find(([name]) => name === 'oci-gzip')!;
  assert.is(only![place], wanted[place]);
  await page.close();
});

test('an address that sorts by no column shows the table unsorted', async (context) => {
  const unsorted = await opened(context);
  const rows = await figures(unsorted);
  for (const sort of ['abc', '1.5', '__proto__', '-0']) {
    const page = await opened(context, `#sort=${sort}`);
    assert.equal(await figures(page), rows, sort);
    await page.close();
  }
  await unsorted.close();
});

test('filters by axis and by name choose models; none is said to be none', async (context) => {
  const page = await opened(context);
  await page.getByText(/^Models: /).click();
  await page.getByLabel('pack', { exact: true }).selectOption('blob');
  assert.equal(
    (await figures(page)).slice(1).map(([name]) => name),
    ['catar-blob', 'nydus'],
  );
  await page.getByLabel('Find a model').fill('nothing has this name');
  await page.getByText('Nothing was measured of these models.').waitFor();
  await page.getByLabel('Find a model').fill('');
  await page.getByRole('button', { name: 'all', exact: true }).click();
  assert.is((await figures(page)).length - 1, 19);
  await page.close();
});

test('an interval over the trade-off chooses the rows of the table, for who opens the link as well', async (context) => {
  const page = await opened(context, '#view=pareto');
  const all = (await figures(page)).length;
  const plot = (await page.locator('#explorer-pictures svg').first().boundingBox())!;
  // The lower left: least bytes in the fewest requests.
  const [x, y] = [plot.x + 70, plot.y + 300];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 200, y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(
    (before) => document.querySelectorAll('#explorer-figures tr').length < before,
    all,
  );
  const shown = await figures(page);
  const rows = shown.slice(1).map(([name]) => name);
  assert.ok(rows.includes('catar-blob'), rows.join());
  assert.not.ok(rows.includes('oci-gzip'));
  await page.waitForFunction(() => location.hash.includes('brush='));
  const other = await opened(context, new URL(page.url()).hash);
  await other.waitForFunction(
    (before) => document.querySelectorAll('#explorer-figures tr').length < before,
    all,
  );
  assert.equal(await figures(other), shown);
  // The interval itself is drawn, and goes with what it was drawn over.
  assert.ok((await other.locator('#explorer-pictures .brush_brush').count()) > 0);
  await other.getByLabel('Scale', { exact: true }).selectOption('log');
  assert.is((await figures(other)).length, all);
  assert.not.match(new URL(other.url()).hash, /brush=/);
  await Promise.all([page.close(), other.close()]);
});

test('tables sort by their heads and are handed out as they are shown', async (context) => {
  const page = await opened(context);
  await page.locator('#explorer-figures').getByRole('button', { name: 't2-glibc' }).click();
  const rows = (await figures(page)).slice(1);
  const place = (await figures(page))[0]!.indexOf('t2-glibc');
  const values = rows.map((row) => Number.parseFloat(row[place]!));
  assert.equal(
    values,
    values.toSorted((a, b) => a - b),
  );
  const waiting = page.waitForEvent('download');
  await page.locator('#explorer-tools').getByRole('button', { name: 'CSV' }).click();
  const csv = readFileSync((await (await waiting).path())!, 'utf8');
  const exact = recordsOf(context).find(
    ({ measure, image, model, client }) =>
      measure === 'transfer.bytes' &&
      image === 't2-glibc' &&
      client === 'previous' &&
      model === 'files|whole|zstd:level=3|objects|get',
  );
  assert.ok(csv.includes(`per-file,`) && csv.includes(`,${exact!.value},`), csv);
  await page.close();
});

test('every chart is handed out as SVG, PNG, specification and data', async (context) => {
  const page = await opened(context);
  for (const place of ['#explorer-pictures figure', '#chart-transfer-per-update']) {
    const kinds = {
      SVG: /^<svg/,
      PNG: /^\ufffdPNG/,
      'Vega-Lite': /"\$schema"/,
      data: /^[\w,]*model/,
    };
    for (const [name, content] of Object.entries(kinds)) {
      const waiting = page.waitForEvent('download');
      await page.locator(place).first().getByRole('button', { name, exact: true }).click();
      assert.match(
        readFileSync((await (await waiting).path())!, 'utf8'),
        content,
        `${place} ${name}`,
      );
    }
  }
  await page.close();
});

test('who uses the keyboard stays where they were', async (context) => {
  const page = await opened(context);
  await page.getByRole('button', { name: 'Steps', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash.includes('view=steps'));
  const focused = (): Promise<string | null> =>
    page.evaluate(() => document.activeElement!.textContent);
  assert.is(await focused(), 'Steps');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Dedup');
  assert.match(await page.evaluate(() => location.hash), /measure=/);
  await page.close();
});

test('what stands at the end of the range of a bar says that it is the mean', async (context) => {
  const page = await opened(context);
  const [ranged, one] = await page.$$eval('#explorer-pictures svg', (drawings) =>
    drawings.map((drawing) =>
      [...drawing.querySelectorAll('.mark-text.role-mark text')].map((text) => text.textContent),
    ),
  );
  assert.ok(ranged!.length > 0 && ranged!.every((text) => /^mean [\d.]+ [kM]?B$/.test(text!)));
  assert.ok(one!.length > 0 && one!.every((text) => /^[\d.]+ [kM]?B$/.test(text!)));
  await page.close();
});

test('a finger is as good as a pointer', async (context) => {
  const page = await opened(context, '', { hasTouch: true, viewport: { width: 390, height: 844 } });
  await page.getByRole('button', { name: 'Trade-off' }).tap();
  await page.waitForFunction(() => location.hash.includes('view=pareto'));
  await page.close();
});

test('axe finds nothing serious, in light and in dark', async (context) => {
  const axe = readFileSync(
    join(projectDirectory, 'node_modules', 'axe-core', 'axe.min.js'),
    'utf8',
  );
  for (const colorScheme of ['light', 'dark'] as const) {
    // The page forbids scripts that are not its own.
    const page = await opened(context, '', { colorScheme, bypassCSP: true });
    await page.addScriptTag({ content: axe });
    const found = await page.evaluate(async () => {
      const { violations } = await (
        globalThis as unknown as {
          axe: {
            run(): Promise<{
              violations: { id: string; impact: string; nodes: { html: string }[] }[];
            }>;
          };
        }
      ).axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .slice(0, 3)
              .map(({ html }) => html.slice(0, 200))
              .join(' ')}`,
        );
    });
    assert.equal(found, [], colorScheme);
    await page.close();
  }
});

test.run();
