// The page's words in English and Chinese, and the switch between them.

import { labels, words } from './strings.js'

const listeners = []
let language = localStorage.getItem('language') ?? preferred()

function preferred() {
  const first = navigator.languages.find((one) => /^(zh|en)\b/i.test(one)) ?? 'en'
  return first.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

export const current = () => language

/** The words for a key, with `{name}` filled in. */
export function t(key, values = {}) {
  const found = words[language][key] ?? words.en[key] ?? key
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '')
}

/** A label of a model as people read it; as the model has it where nobody translated it. */
export const labelName = (label) => (language === 'zh' && labels[label]) || label

export const number = (value) => value.toLocaleString(language)

/** A score with its sign: +0.66. */
export function signed(value, digits = 2) {
  const shown = Math.abs(value).toFixed(digits)
  return Number(shown) === 0 ? shown : `${value < 0 ? '−' : '+'}${shown}`
}

export const percent = (value) => `${(100 * value).toFixed(value < 0.0995 ? 1 : 0)} %`

/** Have a function called each time the language changes. */
export const onLanguage = (listener) => listeners.push(listener)

/** Speak a language from now on. */
export function speak(wanted) {
  language = wanted
  localStorage.setItem('language', wanted)
  translate()
  for (const listener of listeners) listener()
}

/** Fill in the words of all elements that name a key. */
export function translate(root = document) {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en'
  for (const element of root.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t)
  for (const element of root.querySelectorAll('[data-t-placeholder]')) {
    element.placeholder = t(element.dataset.tPlaceholder)
  }
  for (const element of root.querySelectorAll('[data-t-label]')) {
    element.setAttribute('aria-label', t(element.dataset.tLabel))
  }
}
