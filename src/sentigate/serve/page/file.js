// The file view: drop a CSV, choose its column, watch it being scored, look at it, take it away.

import { polarHead } from './answer.js'
import { histogram } from './chart.js'
import { line, readTable, textColumn } from './csv.js'
import { breathe, byId, h } from './dom.js'
import { number, onLanguage, t } from './i18n.js'
import { columnsOf, score } from './scoring.js'
import { Table } from './table.js'

const PREVIEW = 5

export class FileView {
  constructor(model, onError) {
    this.model = model
    this.onError = onError
    this.table = new Table()
    this.#listen()
    onLanguage(() => this.#render())
  }

  #listen() {
    const zone = byId('drop')
    const over = (on) => (event) => {
      event.preventDefault()
      zone.classList.toggle('over', on)
    }
    zone.addEventListener('dragover', over(true))
    zone.addEventListener('dragleave', over(false))
    zone.addEventListener('drop', (event) => {
      over(false)(event)
      this.open(event.dataTransfer.files[0])
    })
    // Beside the zone the browser would open the file in place of the page.
    for (const kind of ['dragover', 'drop']) window.addEventListener(kind, keepPage)
    byId('choose').addEventListener('click', () => byId('file-input').click())
    byId('file-input').addEventListener('change', (event) => {
      this.open(event.target.files[0])
      event.target.value = ''
    })
    byId('score').addEventListener('click', () => this.run())
    byId('stop').addEventListener('click', () => this.running?.abort())
    byId('download').addEventListener('click', () => this.download())
  }

  /** Read a file and show its first rows. */
  async open(file) {
    if (!file) return
    this.running?.abort()
    const read = await readTable(await file.arrayBuffer())
    this.file = { name: file.name, ...read }
    this.answers = []
    this.done = null
    byId('results').hidden = true
    byId('progress-box').hidden = true
    this.column = textColumn(read)
    this.#render()
    byId('preview').hidden = false
    byId('score').disabled = !read.rows.length
    byId('column').focus()
  }

  #render() {
    if (!this.file) return
    const { name, header, rows } = this.file
    const counts = { name, rows: number(rows.length), columns: number(header.length) }
    byId('preview-says').textContent = rows.length ? t('preview', counts) : t('noRows')
    const select = byId('column')
    select.replaceChildren(...header.map((title, place) => h('option', { value: place }, title)))
    select.value = this.column
    select.onchange = () => (this.column = Number(select.value))
    byId('preview-head').replaceChildren(cells('th', header))
    const first = rows.slice(0, PREVIEW).map((row) => cells('td', header.map((_, at) => row[at] ?? '')))
    byId('preview-body').replaceChildren(...first)
    if (this.done) this.#finish(this.done)
  }

  /** Score all rows; what is there can be looked at when it is done or stopped. */
  async run() {
    const texts = this.file.rows.map((row) => row[this.column] ?? '')
    const began = performance.now()
    const running = (this.running = new AbortController())
    this.answers = []
    this.#busy(true)
    try {
      for await (const [start, answers] of score(texts, this.model(), running.signal)) {
        answers.forEach((answer, place) => (this.answers[start + place] = answer))
        this.#progress(texts.length, began)
        await breathe()
      }
    } catch (error) {
      if (!running.signal.aborted) byId('progress-says').textContent = this.onError(error)
      if (this.running !== running) return
    }
    this.#busy(false)
    if (this.answers.length) {
      this.#finish({ texts, seconds: (performance.now() - began) / 1000 })
    }
  }

  #busy(on) {
    byId('score').disabled = on
    byId('stop').hidden = !on
    byId('progress-box').hidden = false
    byId('progress').hidden = !on
    byId('progress').value = 0
  }

  #progress(all, began) {
    const done = this.answers.length
    byId('progress').value = done / all
    const rate = number(Math.round((1000 * done) / (performance.now() - began)))
    const says = t('progress', { done: number(done), all: number(all), rate })
    byId('progress-says').textContent = says
  }

  #finish(done) {
    this.done = done
    const { texts, seconds } = done
    const failed = this.answers.filter((one) => one.status !== 'ok').length
    const whole = this.answers.length === texts.length
    const counts = { done: number(this.answers.length), all: number(texts.length) }
    const more = { ...counts, failed: number(failed), seconds: seconds.toFixed(1) }
    byId('progress-says').textContent = t(whole ? 'finished' : 'stopped', more)
    const records = this.answers.map((answer, place) => record(answer, texts[place], place))
    const scores = records.map((one) => one.score).filter((value) => value !== undefined)
    byId('distribution').replaceChildren(histogram(scores))
    byId('results').hidden = false
    this.table.show(records, others(this.answers))
  }

  /** Give the file back with the answers beside its columns. */
  download() {
    const { name, header, rows, delimiter } = this.file
    const columns = columnsOf(this.answers)
    const prefix = header.some((title) => columns.has(title)) ? 'said_' : ''
    const names = [...columns.keys()].map((column) => prefix + column)
    const lines = [line([...header, ...names], delimiter)]
    this.answers.forEach((answer, place) => {
      const own = header.map((_, at) => rows[place][at] ?? '')
      const said = [...columns.values()].map((value) => value(answer))
      lines.push(line([...own, ...said], delimiter))
    })
    const blob = new Blob(['\ufeff', lines.join('\r\n'), '\r\n'], { type: 'text/csv' })
    const address = URL.createObjectURL(blob)
    h('a', { href: address, download: name.replace(/(\.\w+)?$/, '-scored.csv') }).click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
  }
}

function keepPage(event) {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
}

const cells = (tag, values) =>
  h('tr', null, ...values.map((value) => h(tag, { scope: tag === 'th' ? 'col' : null }, value)))

/** What the table shows of an answer: the polarity, and what the other heads decided. */
function record({ status, heads, language }, text, place) {
  const polar = polarHead(heads)
  const more = Object.keys(heads).filter((name) => name !== polar)
  const rest = more.map((name) => said(heads[name])).join('|')
  const { score: value, label: feeling } = heads[polar] ?? {}
  return { row: place + 1, text, status, language, others: rest, score: value, feeling }
}

/** The names of the heads beside that of polarity, in all answers. */
const others = (answers) => {
  const names = answers.flatMap(({ heads }) => Object.keys(heads).filter((name) => name !== polarHead(heads)))
  return [...new Set(names)]
}

const said = (head) => head.label ?? head.labels?.join('|') ?? head.value.toFixed(2)
