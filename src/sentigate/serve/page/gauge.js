// The polarity gauge: a score from -1 to +1 as an arc, and its course while the text was read.

import { h, setStyle, svg } from './dom.js'
import { labelName, signed, t } from './i18n.js'

const LEFT = 'M120 24 A96 96 0 0 0 24 120'
const RIGHT = 'M120 24 A96 96 0 0 1 216 120'

/** A gauge that moves when it is shown a new score. */
export class Gauge {
  constructor() {
    this.left = svg('path', { class: 'arc negative', d: LEFT, pathLength: 1 })
    this.right = svg('path', { class: 'arc positive', d: RIGHT, pathLength: 1 })
    this.mark = svg('circle', { class: 'mark', cx: 120, cy: 24, r: 9 })
    this.figure = svg('text', { class: 'figure', x: 120, y: 104 })
    this.label = svg('text', { class: 'figure-label', x: 120, y: 128 })
    this.picture = svg(
      'svg',
      { class: 'gauge', viewBox: '0 0 240 148', role: 'img' },
      svg('path', { class: 'track', d: LEFT }),
      svg('path', { class: 'track', d: RIGHT }),
      this.left,
      this.right,
      this.mark,
      this.figure,
      this.label,
      svg('text', { class: 'tick', x: 24, y: 145 }, '−1'),
      svg('text', { class: 'tick', x: 216, y: 145 }, '+1'),
    )
    this.line = h('div', { class: 'along' })
    this.element = h('div', { class: 'gauge-box' }, this.picture, this.line)
  }

  show(head, scores) {
    const { score } = head
    setStyle(this.left, { 'stroke-dashoffset': 1 - Math.max(0, -score) })
    setStyle(this.right, { 'stroke-dashoffset': 1 - Math.max(0, score) })
    setStyle(this.mark, { transform: `rotate(${90 * score}deg)` })
    this.figure.textContent = signed(score)
    this.label.textContent = labelName(head.label)
    const says = t('polaritySays', { score: signed(score), label: labelName(head.label) })
    this.picture.setAttribute('aria-label', says)
    this.line.replaceChildren(...(scores.length > 1 ? [along(scores)] : []))
  }
}

/** A small line of the scores after each token. */
function along(scores) {
  const x = (place) => (240 * place) / (scores.length - 1)
  const y = (score) => 22 - 20 * score
  const points = scores.map((score, place) => `${x(place).toFixed(1)},${y(score).toFixed(1)}`)
  return h(
    'figure',
    null,
    svg(
      'svg',
      { viewBox: '0 0 240 44', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('line', { class: 'zero', x1: 0, x2: 240, y1: 22, y2: 22 }),
      svg('polyline', { class: 'course-line', points: points.join(' ') }),
    ),
    h('figcaption', null, t('along')),
  )
}
