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

interface Marked {
  readonly mark: string;
  readonly encoding: Readonly<
    Record<string, { type?: string; scale?: { domain?: unknown[]; range?: unknown[] } }>
  >;
}

function marksIn(part: unknown): readonly Marked[] {
  if (Array.isArray(part)) return part.flatMap(marksIn);
  if (typeof part !== 'object' || part === null) return [];
  const { mark, encoding, values: _, config: __, ...rest } = part as Record<string, unknown>;
  const type = typeof mark === 'object' ? (mark as { type: string }).type : mark;
  const own = mark && encoding ? [{ mark: String(type), encoding } as Marked] : [];
  return [...own, ...Object.values(rest).flatMap(marksIn)];
}

/** L* of CIELAB, of a grey. */
function lightness(colour: string): number {
  const [, red, green, blue] = /^#(..)(..)(..)$/.exec(colour)!;
  assert.equal([green, blue], [red, red], `${colour} is no grey`);
  const share = Number.parseInt(red!, 16) / 255;
  const luminance = share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

test('for a paper every two categories differ in lightness, shape or dash, and nothing in hue', () => {
  const channels = charts.flatMap((chart) =>
    marksIn(forPaper(chart).spec).flatMap(({ mark, encoding }) => {
      const { color, shape, strokeDash } = encoding;
      return color?.type === 'nominal'
        ? [{ name: chart.name, mark, color, shape, strokeDash }]
        : [];
    }),
  );
  assert.ok(channels.length > 8, String(channels.length));
  assert.ok(new Set(channels.map(({ mark }) => mark)).size >= 3);
  for (const { name, mark, color, shape, strokeDash } of channels) {
    const { domain = [], range = [] } = color.scale!;
    assert.is(range.length, domain.length, `${name} ${mark}: a look for each`);
    const looks = domain.map((_, place) => ({
      light: lightness(String(range[place])),
      form: JSON.stringify([shape?.scale?.range?.[place], strokeDash?.scale?.range?.[place]]),
    }));
    looks.forEach((one, place) => {
      if (mark !== 'bar' && mark !== 'rect') assert.ok(one.light < 62, `${name}: ${one.light}`);
      for (const other of looks.slice(place + 1)) {
        assert.ok(
          Math.abs(one.light - other.light) >= 15 || one.form !== other.form,
          `${name} ${mark}: ${JSON.stringify([one, other])}`,
        );
      }
    });
  }
});

test('for a paper a scale of amounts goes from light to dark alone', () => {
  const scales = charts.flatMap((chart) =>
    marksIn(forPaper(chart).spec).flatMap(({ encoding: { color } }) =>
      color?.type === 'quantitative' ? [color.scale!.range!.map(String).map(lightness)] : [],
    ),
  );
  assert.ok(scales.length > 0);
  for (const light of scales)
    assert.equal(
      light.toSorted((a, b) => b - a),
      light,
    );
});

test('of many categories no two are alike in print', () => {
  const names = Array.from({ length: 20 }, (_, place) => `m${place}`);
  const values = names.map((model) => ({ model, description: model }));
  for (const mark of ['point', 'line', 'bar']) {
    const color = { field: 'model', type: 'nominal', scale: { scheme: 'tableau20' } };
    const spec = { data: { values }, mark, encoding: { color } } as never;
    const [found] = marksIn(forPaper({ ...charts[0]!, spec }).spec);
    const looks = names.map((_, place) =>
      JSON.stringify(
        ['color', 'shape', 'strokeDash'].map(
          (name) => found!.encoding[name]?.scale?.range?.[place],
        ),
      ),
    );
    assert.is(new Set(looks).size, names.length, mark);
  }
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
