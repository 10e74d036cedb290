// Behind an answer: the words it comes from, the course by sentence, the gates. Asked when one stops typing.

import * as api from './api.js'
import { polarHead, why } from './answer.js'
import { showCourse } from './course.js'
import { byId, debounced, h } from './dom.js'
import { showGates } from './gates.js'
import { labelName, onLanguage, t } from './i18n.js'
import { legend, moveByArrows, showWords } from './words.js'

const QUIET = 350 // milliseconds without a key before the costlier questions are asked

/** The panels below an answer. */
export class Insight {
  constructor(model, onError) {
    this.model = model
    this.onError = onError
    this.label = byId('explained-label')
    this.method = byId('explained-method')
    this.later = debounced(() => this.#askAll(), QUIET)
    moveByArrows(byId('words'))
    this.label.addEventListener('change', () => this.#askWords())
    this.method.addEventListener('change', () => this.#askWords())
    byId('gates-panel').addEventListener('toggle', () => this.#askGates())
    onLanguage(() => this.answer && this.show(this.answer, this.text))
  }

  /** Show what is behind a new answer, after a moment. */
  show(answer, text) {
    this.answer = answer
    this.text = text
    const ok = answer?.status === 'ok'
    byId('insight').hidden = !ok
    if (!ok) return
    this.#offerLabels(answer.heads)
    this.later()
  }

  #offerLabels(heads) {
    const before = this.label.value
    const groups = Object.entries(heads).map(([name, head]) =>
      h('optgroup', { label: labelName(name) }, ...options(name, head)),
    )
    this.label.replaceChildren(...groups)
    const polar = polarHead(heads)
    this.label.value = before
    if (this.label.selectedIndex < 0) this.label.value = `${polar}/positive`
    if (this.label.selectedIndex < 0) this.label.selectedIndex = 0
  }

  #askAll() {
    this.#askWords()
    this.#askCourse()
    this.#askGates()
  }

  /** Ask about the text; what comes when it has changed is dropped. */
  async #fresh(question, show, fail) {
    const { text } = this
    try {
      const found = await question(text)
      if (text === this.text) show(found, text)
    } catch (error) {
      if (text === this.text) fail(this.onError(error))
    }
  }

  #askWords() {
    const [head, ...rest] = this.label.value.split('/')
    const label = rest.join('/') || undefined
    const options = { model: this.model(), heads: [head], label, explain: this.method.value }
    const [place, figure] = [byId('words'), byId('word-figure')]
    const fail = (told) => {
      place.replaceChildren(this.text)
      byId('words-legend').replaceChildren()
      figure.textContent = t('cannotExplain', { why: told })
    }
    const show = (found, text) => {
      if (!found || found.error) return fail(found?.error ?? why(this.answer))
      byId('words-legend').replaceChildren(legend(found.label ?? found.head))
      showWords(place, text, found, figure)
    }
    return this.#fresh((text) => api.explain(text, options), show, fail)
  }

  #askCourse() {
    const head = polarHead(this.answer.heads)
    const panel = byId('course-panel')
    const show = (found) => {
      panel.hidden = found.sentences.length < 2
      if (!panel.hidden) showCourse(byId('course'), found)
    }
    const options = { model: this.model(), head }
    return this.#fresh((text) => api.course(text, options), show, () => (panel.hidden = true))
  }

  #askGates() {
    if (!byId('gates-panel').open || !this.text) return
    const head = polarHead(this.answer.heads)
    const place = byId('gates')
    return this.#fresh(
      (text) => api.gates(text, { model: this.model(), head }),
      (found) => showGates(place, found),
      (told) => place.replaceChildren(t('cannotExplain', { why: told })),
    )
  }
}

/** What of a head can be explained: each of its labels, or its number. */
const options = (name, head) =>
  head.kind === 'regression'
    ? [h('option', { value: name }, labelName(name))]
    : Object.keys(head.probabilities).map((label) =>
        h('option', { value: `${name}/${label}` }, labelName(label)),
      )
