// Probabilities of a head's labels as bars, the most probable first.

import { h } from './dom.js'
import { labelName, percent, t } from './i18n.js'

const FEW = 6

/** Bars of one head; a button shows all where there are many. */
export class Bars {
  constructor() {
    this.list = h('ul', { class: 'bars' })
    this.more = h('button', { class: 'plain', type: 'button', onclick: () => this.#toggle() })
    this.element = h('div', null, this.list, this.more)
    this.all = false
  }

  /** Show a head; `sorted` is off where the labels have an order of their own. */
  show(head, sorted = true) {
    this.head = head
    this.sorted = sorted
    const entries = Object.entries(head.probabilities ?? {})
    if (sorted) entries.sort((one, other) => other[1] - one[1])
    const decided = new Set(head.labels ?? [head.label])
    const shown = this.all ? entries : entries.slice(0, FEW)
    this.list.replaceChildren(...shown.map(([label, value]) => bar(label, value, decided)))
    this.more.hidden = entries.length <= FEW
    this.more.textContent = t(this.all ? 'showFew' : 'showAll', { count: entries.length })
    this.more.setAttribute('aria-expanded', this.all)
  }

  #toggle() {
    this.all = !this.all
    this.show(this.head, this.sorted)
  }
}

function bar(label, value, decided) {
  const chosen = decided.has(label)
  return h(
    'li',
    { class: chosen ? 'chosen' : null, 'data-label': label },
    h('span', { class: 'name' }, labelName(label)),
    h(
      'span',
      { class: 'track', 'aria-hidden': 'true' },
      h('span', { class: 'fill', style: { width: `${100 * value}%` } }),
    ),
    h('span', { class: 'value' }, percent(value)),
    chosen ? h('span', { class: 'spoken' }, ` (${t('decided')})`) : null,
  )
}
