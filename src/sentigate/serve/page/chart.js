// How scores are distributed: a histogram from -1 to +1.

import { h, svg } from './dom.js'
import { number, t } from './i18n.js'

const BINS = 20
const [WIDE, TALL] = [600, 140]

export function histogram(scores) {
  const counts = Array(BINS).fill(0)
  for (const score of scores) counts[Math.min(BINS - 1, Math.floor(((score + 1) * BINS) / 2))] += 1
  const says = t('distributionSays', { count: number(scores.length), counts: counts.join(', ') })
  const most = Math.max(1, ...counts)
  const wide = WIDE / BINS
  const bars = counts.map((count, bin) => {
    const height = ((TALL - 24) * count) / most
    const side = bin < BINS / 2 ? 'bar negative' : 'bar positive'
    const at = { x: bin * wide + 2, y: TALL - 20 - height, width: wide - 4, height, rx: 2 }
    const range = `${(-1 + bin / 10).toFixed(1)} … ${(-0.9 + bin / 10).toFixed(1)}: ${count}`
    return svg('rect', { class: side, ...at }, svg('title', null, range))
  })
  const tick = (x, anchor, text) =>
    svg('text', { class: 'tick', x, y: TALL - 3, 'text-anchor': anchor }, text)
  return h(
    'figure',
    null,
    svg(
      'svg',
      { class: 'histogram', viewBox: `0 0 ${WIDE} ${TALL}`, role: 'img', 'aria-label': says },
      ...bars,
      svg('line', { class: 'zero', x1: 0, x2: WIDE, y1: TALL - 20, y2: TALL - 20 }),
      tick(0, 'start', '−1'),
      tick(WIDE / 2, 'middle', '0'),
      tick(WIDE, 'end', '+1'),
    ),
  )
}
