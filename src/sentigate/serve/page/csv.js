// Delimited text: read it as RFC 4180 has it, and write it. Knows no elements and no server.

import { breathe } from './dom.js'

const BLOCK = 2000 // rows between which the tab may do something else

/** Decode a file: UTF-8, else what Chinese spreadsheets write. */
export function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** The delimiter of a text: the one that its first line has most of. */
export function delimiterOf(text) {
  const line = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '')
  const count = (delimiter) => line.split(delimiter).length
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

/** Yield rows of cells; blank lines are none. */
export function* rows(text, delimiter) {
  const cell = new RegExp(`"([^"]*(?:""[^"]*)*)"?([^${delimiter}\\r\\n]*)|([^${delimiter}\\r\\n]*)`, 'y')
  let row = []
  let place = 0
  while (place < text.length) {
    cell.lastIndex = place
    const [found, quoted, rest, bare] = cell.exec(text)
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"') + rest)
    place += found.length
    const end = text[place]
    if (end === delimiter && place + 1 === text.length) row.push('')
    place += text.startsWith('\r\n', place) ? 2 : 1
    if (end === delimiter && place < text.length) continue
    if (row.length > 1 || row[0] !== '') yield row
    row = []
  }
}

/** Read a table: its header, and its rows without holding up the tab. */
export async function readTable(bytes) {
  const text = decode(bytes)
  const delimiter = delimiterOf(text)
  const reading = rows(text, delimiter)
  const header = reading.next().value ?? []
  const body = []
  for (const row of reading) {
    body.push(row)
    if (body.length % BLOCK === 0) await breathe()
  }
  return { header, rows: body, delimiter }
}

/** The column that looks most like texts: the one with the longest cells. */
export function textColumn({ header, rows: body }) {
  const some = body.slice(0, 100)
  const length = (column) => some.reduce((sum, row) => sum + (row[column] ?? '').length, 0)
  const named = header.findIndex((name) => /^(text|review|comment|content|文本|评论|内容)$/i.test(name.trim()))
  if (named >= 0) return named
  return header.reduce((best, _, column) => (length(column) > length(best) ? column : best), 0)
}

/** A line of cells, quoted where they must be. */
export const line = (cells, delimiter) => cells.map((value) => cellOf(value, delimiter)).join(delimiter)

function cellOf(value, delimiter) {
  const text = String(value ?? '')
  const plain = !/["\r\n]/.test(text) && !text.includes(delimiter)
  return plain ? text : `"${text.replaceAll('"', '""')}"`
}
