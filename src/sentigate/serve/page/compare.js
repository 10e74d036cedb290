// Two texts side by side, each with a model of its own, and how far their feelings lie apart.

import { polarHead } from './answer.js'
import { byId } from './dom.js'
import { onLanguage, signed, t } from './i18n.js'
import { Reader } from './reader.js'

const SIDES = ['first', 'second']

export class CompareView {
  constructor(onError) {
    this.scores = {}
    this.readers = SIDES.map((side) => this.#reader(side, onError))
    onLanguage(() => this.#difference())
  }

  /** Ask again, when it is opened. */
  ask() {
    for (const reader of this.readers) if (reader.box.value) reader.ask()
  }

  #reader(side, onError) {
    const select = byId(`${side}-model`)
    const onAnswer = (answer) => {
      const ok = answer?.status === 'ok'
      this.scores[side] = ok ? answer.heads[polarHead(answer.heads)]?.score : undefined
      this.#difference()
    }
    const options = { model: () => select.value || 'auto', onAnswer, onError }
    const reader = new Reader(byId(`${side}-text`), byId(`${side}-answer`), options)
    select.addEventListener('change', () => reader.ask())
    return reader
  }

  #difference() {
    const [first, second] = SIDES.map((side) => this.scores[side])
    const both = first !== undefined && second !== undefined
    byId('difference').textContent = both ? t('difference', { delta: signed(second - first) }) : ''
  }
}
