import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fullView } from '../testing/sample-view.ts';
import { drawCharts } from './charts/mod.ts';
import { forPaper } from './charts/paper.ts';
import { captionOf } from './papers.ts';
import { renderSvg } from './render.ts';

const view = fullView();
const charts = drawCharts(view);
const widthOf = (svg: string): number => Number(/<svg [^>]*?width="([\d.]+)"/.exec(svg)![1]);

test('for a paper a chart is black on white, in a serif font, without a title, and no wider', async () => {
  assert.ok(charts.length > 5);
  for (const chart of charts) {
    const [paper, page] = [await renderSvg(forPaper(chart)), await renderSvg(chart)];
    assert.match(paper, 'fill="#fff"', chart.name);
    assert.match(paper, /font-family="'?Times/, chart.name);
    assert.not.match(paper, /currentColor/, chart.name);
    assert.not.match(paper, `>${chart.title}<`, chart.name);
    assert.match(page, `>${chart.title}<`, chart.name);
    assert.ok(widthOf(paper) <= widthOf(page), `${chart.name}: ${widthOf(paper)}`);
    const sizes = [...paper.matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size));
    assert.ok(Math.min(...sizes) >= 10.5, `${chart.name}: ${Math.min(...sizes)} px`);
  }
});

test('the data of a chart are the same for a paper', () => {
  const dataIn = ({ spec }: (typeof charts)[number]): string => {
    const found: unknown[] = [];
    JSON.stringify(spec, (name, value) => {
      if (name === 'values') found.push(value);
      return value;
    });
    return JSON.stringify(found);
  };
  for (const chart of charts) assert.is(dataIn(forPaper(chart)), dataIn(chart), chart.name);
});

test('a caption names what is shown, dataset, digest, method and how much of it there is', () => {
  for (const chart of charts) {
    const caption = captionOf(chart, view);
    assert.ok(caption.startsWith(`${chart.title}. ${chart.question} ${chart.caption}`), chart.name);
    assert.match(
      caption,
      /Dataset made-up \(sha256 0{12}…\), method 1; n: \d+ images?(, | and ).*\d+ models?\.\n$/,
    );
  }
});

test.run();
