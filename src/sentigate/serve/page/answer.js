// What is said of one text: status, gauge, and bars of each head. Asks nothing.

import { Bars } from './bars.js'
import { h } from './dom.js'
import { Gauge } from './gauge.js'
import { current, labelName, t } from './i18n.js'

const POLAR = ['negative', 'neutral', 'positive']

/** The name of the head that says how good or bad a text is; undefined where no head does. */
export const polarHead = (heads) =>
  Object.keys(heads).find((name) => typeof heads[name].score === 'number')

/** The scores after each token of a live answer. */
const along = (steps, name) => (steps ?? []).map((step) => step.heads[name].score)

/** Why there is no answer, in the page's language. */
export const why = (answer) => t(answer.status)

/** The name of a language in the page's language. */
export function languageName(code) {
  if (!code) return '?'
  return new Intl.DisplayNames([current()], { type: 'language' }).of(code) ?? code
}

/** A view of an answer that is updated in place, so that it can move. */
export class AnswerView {
  constructor() {
    this.status = h('p', { class: 'status', role: 'status' }, t('waiting'))
    this.heads = h('div', { class: 'heads' })
    this.element = h('div', { class: 'answer' }, this.status, this.heads)
    this.parts = new Map()
  }

  show(answer) {
    this.answer = answer
    const ok = answer?.status === 'ok'
    this.heads.hidden = !ok
    this.status.textContent = ok ? read(answer) : answer ? why(answer) : t('waiting')
    if (answer?.status === 'empty') this.status.textContent = t('waiting')
    if (!ok) return
    for (const [name, part] of this.parts) if (!(name in answer.heads)) this.#drop(name, part)
    for (const name of Object.keys(answer.heads)) this.#showHead(name, answer)
  }

  fail(message) {
    this.heads.hidden = true
    this.status.textContent = t('failed', { why: message })
  }

  #drop(name, part) {
    part.element.remove()
    this.parts.delete(name)
  }

  #showHead(name, answer) {
    const head = answer.heads[name]
    const polar = name === polarHead(answer.heads)
    if (!this.parts.has(name)) this.parts.set(name, this.#make(polar))
    const part = this.parts.get(name)
    part.title.textContent = polar ? t('polarity') : labelName(name)
    part.gauge?.show(head, along(answer.steps, name))
    if (head.kind === 'regression') part.title.textContent += ` ${head.value.toFixed(2)}`
    part.bars.show(polar ? inOrder(head) : head, !polar)
  }

  #make(polar) {
    const gauge = polar ? new Gauge() : null
    const bars = new Bars()
    const title = h('h2')
    const parts = [title, gauge?.element, bars.element]
    const element = h('section', { class: polar ? 'card polar' : 'card' }, ...parts)
    this.heads[polar ? 'prepend' : 'append'](element)
    return { element, title, gauge, bars }
  }
}

/** Labels from negative to positive, whatever their order in the model. */
function inOrder(head) {
  const rank = (label) => (POLAR.includes(label) ? POLAR.indexOf(label) : POLAR.length)
  const entries = Object.entries(head.probabilities).sort((a, b) => rank(a[0]) - rank(b[0]))
  return { ...head, probabilities: Object.fromEntries(entries) }
}

function read({ language, model, tokens }) {
  return t('read', { language: languageName(language), model, tokens })
}
