// A text whose words are tinted by what they add to an answer; pointing at one shows its figure.

import { h, roving } from './dom.js'
import { labelName, signed, t } from './i18n.js'

const STRONGEST = 44 // per cent of the colour in the tint of the strongest word

/** The colour of a contribution, of which `most` is the strongest. */
export function tint(value, most) {
  const share = most ? Math.min(1, Math.abs(value) / most) : 0
  const colour = value < 0 ? 'var(--negative)' : 'var(--positive)'
  return `color-mix(in srgb, ${colour} ${(STRONGEST * share).toFixed(1)}%, transparent)`
}

/** Which side a word is on, in words. */
const side = (value, label) => t(value < 0 ? 'against' : 'for', { label: labelName(label) })

/** Fill an element with a text and its tinted words. */
export function showWords(place, text, { words, label, head }, figure) {
  const points = [...text] // places count code points
  const slice = (start, end) => points.slice(start, end).join('')
  const most = Math.max(...words.map((word) => Math.abs(word.value)))
  const named = label ?? head
  const parts = []
  let last = 0
  for (const word of words) {
    parts.push(slice(last, word.start), one(word, slice(word.start, word.end)))
    last = word.end
  }
  place.replaceChildren(...parts, slice(last))
  figure.textContent = t('pickWord')
  const first = place.querySelector('.word')
  if (first) first.tabIndex = 0

  function one(word, shown) {
    const tell = () => {
      const value = signed(word.value)
      figure.textContent = t('wordSays', { word: shown, value, side: side(word.value, named) })
    }
    const background = tint(word.value, most)
    return h(
      'span',
      { class: 'word', tabindex: -1, style: { background }, onmouseenter: tell, onfocus: tell, onclick: tell },
      shown,
    )
  }
}

/** What the two colours stand for. */
export const legend = (label) =>
  h(
    'p',
    { class: 'legend' },
    h('span', { class: 'swatch', style: { background: tint(-1, 1) } }),
    side(-1, label),
    h('span', { class: 'swatch', style: { background: tint(1, 1) } }),
    side(1, label),
  )

export const moveByArrows = (place) => roving(place, '.word')
