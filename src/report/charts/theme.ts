/** Text and lines take the colour of the page around them, so that one drawing serves light and dark grounds. */
const INK = 'currentColor';

export const theme: Readonly<Record<string, unknown>> = {
  font: 'sans-serif',
  background: 'transparent',
  padding: 8,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    color: INK,
    subtitleColor: INK,
    fontSize: 15,
    subtitleFontSize: 11.5,
    subtitlePadding: 5,
    offset: 14,
  },
  axis: {
    labelColor: INK,
    titleColor: INK,
    domainColor: INK,
    tickColor: INK,
    gridColor: INK,
    gridOpacity: 0.13,
    labelFontSize: 11.5,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelLimit: 420,
  },
  axisX: { grid: false, labelAngle: 0, labelOverlap: 'greedy' },
  header: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 12,
    labelFontWeight: 'bold',
    labelLimit: 420,
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11.5,
    titleFontSize: 11.5,
    titleFontWeight: 'normal',
    labelLimit: 420,
    symbolSize: 70,
  },
  text: { fill: INK, fontSize: 11 },
};
