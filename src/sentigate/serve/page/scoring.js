// Scores many texts in blocks, and puts the answers into columns. Knows no elements.

import { predict, Refused } from './api.js'
import { pause } from './dom.js'

const MOST_TEXTS = 128
const MOST_CHARACTERS = 200_000
const PATIENCE = 20 // times that a full queue is asked again

/** Yield `[first row, answers]` for all texts, a block at a time. */
export async function* score(texts, model, signal) {
  for (let start = 0; start < texts.length; ) {
    const end = blockEnd(texts, start)
    yield [start, await answers(texts.slice(start, end), model, signal)]
    start = end
  }
}

function blockEnd(texts, start) {
  let end = start
  let characters = 0
  while (end < texts.length && end - start < MOST_TEXTS) {
    characters += texts[end].length
    if (end > start && characters > MOST_CHARACTERS) break
    end += 1
  }
  return end
}

/** The answers to a block; a server that is busy is asked again when it says so. */
async function answers(texts, model, signal) {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await predict(texts, { model }, signal)).results
    } catch (error) {
      const busy = error instanceof Refused && [429, 503, 504].includes(error.status)
      if (!busy || tries >= PATIENCE) throw error
      await pause(1000 * error.retryAfter)
    }
  }
}

/** The columns of the heads that some answer has, named as `sentigate score` names them. */
export function columnsOf(answers) {
  const columns = new Map()
  for (const { heads } of answers.filter(Boolean)) {
    for (const [name, head] of Object.entries(heads)) {
      columns.set(name, (one) => decided(one.heads[name]))
      if (typeof head.score === 'number') {
        columns.set(`${name}_score`, (one) => one.heads[name]?.score)
      }
      for (const label of Object.keys(head.probabilities ?? {})) {
        columns.set(`${name}_p_${label}`, (one) => one.heads[name]?.probabilities?.[label])
      }
    }
  }
  return columns.set('status', (one) => one.status).set('language', (one) => one.language)
}

const decided = (head) => head && (head.label ?? head.labels?.join('|') ?? head.value)
