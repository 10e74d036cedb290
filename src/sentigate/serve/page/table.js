// A table of scored texts: filtered, sorted, a page at a time, so that 10,000 rows stay light.

import { byId, h } from './dom.js'
import { labelName, number, signed, t } from './i18n.js'

const PAGE = 50

const COLUMNS = {
  row: (one) => one.row,
  text: (one) => one.text,
  score: (one) => one.score ?? -2,
  feeling: (one) => one.feeling ?? '',
  others: (one) => one.others ?? '',
  language: (one) => one.language ?? '',
}
const TITLES = { row: 'row', text: 'text', score: 'polarity', feeling: 'feeling', language: 'language' }

/** Shows records `{row, text, score, feeling, others, language, status}`. */
export class Table {
  constructor() {
    this.records = []
    this.order = ['row', 1]
    this.page = 0
    byId('filter').addEventListener('input', () => this.#from(0))
    byId('label-filter').addEventListener('change', () => this.#from(0))
    byId('previous').addEventListener('click', () => this.#from(this.page - 1))
    byId('next').addEventListener('click', () => this.#from(this.page + 1))
  }

  /** Show records; `heads` are the names of those heads whose answers are in `others`. */
  show(records, heads) {
    this.records = records
    this.heads = heads
    this.#offerLabels()
    this.#from(0)
  }

  #offerLabels() {
    const select = byId('label-filter')
    const before = select.value
    const labels = [...new Set(this.records.map((one) => one.feeling ?? ''))].sort()
    const option = (label) => h('option', { value: `=${label}` }, labelName(label) || t('noAnswer'))
    select.replaceChildren(h('option', { value: '' }, t('all')), ...labels.map(option))
    select.value = before
    if (select.selectedIndex < 0) select.value = ''
  }

  #matching() {
    const wanted = byId('filter').value.toLowerCase()
    const label = byId('label-filter').value
    const [column, way] = this.order
    const key = COLUMNS[column]
    const fits = (one) =>
      (!label || `=${one.feeling ?? ''}` === label) && one.text.toLowerCase().includes(wanted)
    const compare = (one, other) => {
      const [a, b] = [key(one), key(other)]
      return way * (a < b ? -1 : a > b ? 1 : 0) || one.row - other.row
    }
    return this.records.filter(fits).sort(compare)
  }

  #from(page) {
    const found = this.#matching()
    this.page = Math.max(0, Math.min(page, Math.ceil(found.length / PAGE) - 1))
    const start = this.page * PAGE
    const end = Math.min(start + PAGE, found.length)
    byId('table-head').replaceChildren(h('tr', null, ...this.#columns().map((one) => this.#head(one))))
    byId('table-body').replaceChildren(...found.slice(start, end).map((one) => this.#line(one)))
    const counts = { from: number(start + 1), to: number(end), count: number(found.length) }
    byId('shown').textContent = found.length ? t('shown', counts) : t('none')
    byId('previous').disabled = start === 0
    byId('next').disabled = end >= found.length
  }

  /** The columns that are shown: that of the other heads where there is one. */
  #columns() {
    return Object.keys(COLUMNS).filter((one) => one !== 'others' || this.heads.length)
  }

  #title(column) {
    return column === 'others' ? this.heads.map(labelName).join(', ') : t(TITLES[column])
  }

  #head(column) {
    const [sorted, way] = this.order
    const here = sorted === column
    const mark = here ? (way > 0 ? ' ↑' : ' ↓') : ''
    const sort = () => {
      this.order = [column, here ? -way : 1]
      this.#from(0)
      byId('table-head').querySelector(`[data-column=${column}]`).focus()
    }
    return h(
      'th',
      { scope: 'col', 'aria-sort': here ? (way > 0 ? 'ascending' : 'descending') : null },
      h('button', { class: 'plain', type: 'button', 'data-column': column, onclick: sort }, this.#title(column) + mark),
    )
  }

  #line(one) {
    const side = one.score === undefined ? '' : one.score < 0 ? 'negative' : 'positive'
    const cells = {
      row: h('td', { class: 'number' }, String(one.row)),
      text: h('td', { class: 'text' }, one.text),
      score: h('td', { class: `number ${side}` }, one.score === undefined ? '' : signed(one.score)),
      feeling: h('td', null, one.feeling ? labelName(one.feeling) : t(one.status)),
      others: h('td', null, (one.others ?? '').split('|').map(labelName).join(', ')),
      language: h('td', null, one.language ?? ''),
    }
    return h('tr', null, ...this.#columns().map((column) => cells[column]))
  }
}
