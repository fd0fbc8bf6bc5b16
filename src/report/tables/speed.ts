import { formatBinary, formatBytes, formatNumber, MISSING, plural } from '../../format.ts';
import { divide } from '../../stats/mod.ts';
import { busy, formatGain, hasSpread, NOT_COMPARED } from '../noise.ts';
import { inputBytes, type Speed, speedsOf } from '../speeds.ts';
import type { View } from '../view.ts';
import { number, numeric, text } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** Every way over the input, in the order of its turns. */
export function speedTable(view: View): Table {
  const speeds = speedsOf(view);
  const bytes = inputBytes(view);
  const digest = view.of('speed.input_digest')[0];
  const rounds = speeds[0]?.rounds;
  const { environment } = view.info;
  const reason = busy(view);
  return {
    id: 'speed',
    title: 'Speed',
    note: `Median of ${rounds === undefined ? 'rounds' : plural(rounds, 'round')} in which all took turns, ± median absolute deviation; MB = 10⁶ bytes, by processor time, in which a busy machine counts little. The ${bytes === undefined ? 'start' : `first ${formatBytes(bytes)}`} of ${digest?.image ?? ''} as a tar (${digest?.value ?? ''}), in memory, one thread, one process; load of the machine at the start ${formatNumber(environment.load, 2)}. Memory pass: a copy in blocks of 1 MiB, with which every chunker here begins. Peer: the npm package that cuts by the same kind of hash; ratios are medians over the rounds, and those to a peer have their interval.${reason === undefined ? '' : ` ${NOT_COMPARED}`}`,
    columns: [
      { title: 'Over all bytes' },
      number('Size asked for'),
      number('MB/s'),
      number('± MAD'),
      number('÷ memory pass'),
      number('÷ npm peer'),
      number('Chunks'),
      number('Mean chunk'),
    ],
    rows: speeds.map((speed) => [
      text(speed.id),
      numeric(speed.average, formatBinary),
      numeric(speed.rate, formatNumber),
      numeric(speed.deviation, formatNumber),
      numeric(reason === undefined ? speed.ofMemoryPass : undefined, (ratio) =>
        formatNumber(ratio, 3),
      ),
      peerCell(view, speed),
      numeric(speed.chunks, formatNumber),
      numeric(divide(bytes, speed.chunks), formatNumber),
    ]),
  };
}

/** Times the rate of the npm package: a speed-up, told as any other. */
function peerCell(view: View, { ofPeer }: Speed): Cell {
  const gain = formatGain(view, ofPeer, undefined);
  if (gain !== undefined) return { text: gain, sort: Number(ofPeer!.value) };
  const isNoise = ofPeer !== undefined && hasSpread(ofPeer) && busy(view) === undefined;
  return { text: isNoise ? 'within noise' : MISSING };
}
