// The gates as a heat map: what the network wrote, kept and showed at each token.

import { h } from './dom.js'
import { number, t } from './i18n.js'

const GATES = ['input', 'forget', 'output']

/** A table for each layer and direction, under an explanation for people who never met a gate. */
export function showGates(place, { tokens, courses, unread }) {
  place.replaceChildren(
    h('p', { class: 'muted' }, t('gatesWhy')),
    ...courses.map((course) => table(tokens, course, courses.length > 2)),
    unread ? h('p', { class: 'muted' }, t('unread', { count: number(unread) })) : '',
  )
}

function table(tokens, course, layered) {
  const direction = t(course.reverse ? 'backward' : 'forward')
  const layer = layered ? `, ${t('layer', { number: course.layer + 1 })}` : ''
  const rows = GATES.map((gate) => row(t(gate), course[gate].map(mean)))
  const heads = tokens.map((token) => h('th', { scope: 'col' }, token.text || '·'))
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': direction + layer },
    h(
      'table',
      { class: 'heat' },
      h('caption', null, direction + layer),
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('gate')), ...heads)),
      h('tbody', null, ...rows, row(t('left'), course.left, 'left')),
    ),
  )
}

/** Cells with figures, the darker the nearer to one. */
function row(name, values, kind = '') {
  const cells = values.map((value) => {
    const background = `color-mix(in srgb, var(--accent) ${(55 * value).toFixed(1)}%, transparent)`
    return h('td', { style: { background } }, value.toFixed(2).replace(/^0/, ''))
  })
  return h('tr', { class: kind }, h('th', { scope: 'row' }, name), ...cells)
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
