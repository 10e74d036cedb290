// The course of feeling: one bar and one line for each sentence of a text.

import { h, svg } from './dom.js'
import { signed, t } from './i18n.js'
import { tint } from './words.js'

const HEIGHT = 120

/** A chart of the sentences' values and the sentences themselves, tinted. */
export function showCourse(place, { sentences }) {
  const values = sentences.map((sentence) => sentence.value)
  const says = t('courseSays', { count: sentences.length })
  const items = sentences.map((sentence) => item(sentence))
  place.replaceChildren(
    h('figure', null, chart(values, says), h('figcaption', null, says)),
    h('ol', { class: 'sentences', tabindex: 0, 'aria-label': says }, ...items),
  )
}

function chart(values, says) {
  const wide = 600 / values.length
  const gap = Math.min(4, wide * 0.15)
  const bar = (value, place) => {
    const tall = Math.max(1.5, (Math.abs(value) * HEIGHT) / 2)
    const y = value < 0 ? HEIGHT / 2 : HEIGHT / 2 - tall
    const side = value < 0 ? 'bar negative' : 'bar positive'
    const width = Math.min(48, wide - gap)
    const x = wide * (place + 0.5) - width / 2
    return svg('rect', { class: side, x, y, width, height: tall })
  }
  return svg(
    'svg',
    {
      class: 'course-chart',
      viewBox: `0 0 600 ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': says,
    },
    svg('line', { class: 'zero', x1: 0, x2: 600, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    ...values.map(bar),
  )
}

const item = ({ text, value }) =>
  h(
    'li',
    null,
    h('span', { class: 'number' }, signed(value)),
    h('span', { class: 'text', style: { background: tint(value, 1) } }, text.trim()),
  )
