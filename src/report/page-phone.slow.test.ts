import * as assert from 'uvu/assert';
import { opened, pageSuite } from '../testing/example-page.ts';

const test = pageSuite('page on a phone');

test('on a phone the table shows a figure beside its model, and rows stay of one height', async (context) => {
  for (const width of [390, 320]) {
    const page = await opened(context, '', { viewport: { width, height: 844 } });
    await page.getByText(/^Models: /).click();
    await page.getByRole('button', { name: 'all', exact: true }).click();
    const frame = page.locator('#explorer-figures');
    await frame.scrollIntoViewIfNeeded();
    const {
      names,
      figures: firsts,
      heights,
      said,
    } = await frame.evaluate((element) => {
      const rows = [...element.querySelectorAll('tbody tr')];
      const right = (row: Element, place: number): number =>
        row.children[place]!.getBoundingClientRect().right;
      return {
        names: rows.map((row) => right(row, 0) - element.getBoundingClientRect().left),
        figures: rows.map((row) => right(row, 1)),
        heights: rows.map((row) => row.getBoundingClientRect().height),
        said: getComputedStyle(element.querySelector('table')!).getPropertyValue('--row'),
      };
    });
    assert.is(names.length, 19);
    assert.ok(Math.max(...names) < 0.45 * width, `${width}: ${names.join()}`);
    assert.ok(Math.max(...firsts) <= width - 16, `${width}: ${firsts.join()}`);
    assert.equal([...new Set(heights.map((height) => `${height}px`))], [said]);
    // The model stays in sight beside figures further on.
    await frame.evaluate((element) => element.scrollTo(200, 0));
    const left = await frame.evaluate(
      (element) =>
        element.querySelector('tbody td')!.getBoundingClientRect().left -
        element.getBoundingClientRect().left,
    );
    assert.ok(left >= 0 && left < 2, `${width}: ${left}`);
    // Turned, it has rows of one line.
    await page.setViewportSize({ width: 844, height: width });
    await page.waitForFunction(
      () =>
        document.querySelector('#explorer-figures tbody tr')!.getBoundingClientRect().height === 30,
    );
    await page.close();
  }
});

test('on a phone what is chosen is read in full, or as far as the page is wide', async (context) => {
  for (const width of [390, 320]) {
    const page = await opened(context, '', { viewport: { width, height: 844 } });
    const cut = await page.$$eval('#explorer-controls select', (selects) =>
      selects.flatMap((select) => {
        const { width: own } = select.getBoundingClientRect();
        const free = select.cloneNode(true) as HTMLElement;
        free.style.cssText = 'position: absolute; width: max-content; max-width: none';
        select.after(free);
        const wanted = Math.min(
          free.getBoundingClientRect().width,
          select.closest('.choices')!.getBoundingClientRect().width,
        );
        free.remove();
        return own < wanted - 1 ? [`${select.ariaLabel}: ${own} of ${wanted}`] : [];
      }),
    );
    assert.equal(cut, [], String(width));
    await page.close();
  }
});

test.run();
