// The page: puts the parts together, and switches views, models and languages.

import * as api from './api.js'
import { CompareView } from './compare.js'
import { copy } from './copy.js'
import { byId, h, roving } from './dom.js'
import { FileView } from './file.js'
import { current, onLanguage, speak, t, translate } from './i18n.js'
import { Insight } from './insight.js'
import { Reader } from './reader.js'

const EXAMPLES = [
  'The view was breathtaking and the staff were wonderful. The breakfast was cold and sad. I would love to come back!',
  'I didn’t like the food, but my daughter laughed all evening.',
  '这家餐厅的菜太好吃了！服务员也很热情。就是排队等了一个小时，有点失望。',
]

const VIEWS = ['text', 'file', 'compare']
const model = () => byId('model').value || 'auto'

/** What to tell of a fault; where a key is missing, the page asks for it. */
function onError(error) {
  if (error instanceof api.Refused) {
    if (error.status === 401) byId('key-box').hidden = false
    return error.message
  }
  if (!(error instanceof TypeError)) console.error(error)
  return t('offline')
}

const insight = new Insight(model, onError)
const reader = new Reader(byId('text-box'), byId('answer'), {
  model,
  onError,
  onAnswer: (answer, text) => {
    byId('copy-box').hidden = answer?.status !== 'ok'
    insight.show(answer, text)
  },
})
const compare = new CompareView(onError)
new FileView(model, onError)

function openView(name) {
  for (const view of VIEWS) {
    byId(`${view}-view`).hidden = view !== name
    byId(`${view}-tab`).setAttribute('aria-selected', view === name)
    byId(`${view}-tab`).tabIndex = view === name ? 0 : -1
  }
  byId('model-box').hidden = name === 'compare' // each side has its own
  if (name === 'compare') compare.ask()
}

function listenToTabs() {
  const tabs = document.querySelector('[role=tablist]')
  roving(tabs, '[role=tab]')
  for (const view of VIEWS) {
    byId(`${view}-tab`).addEventListener('click', () => openView(view))
    byId(`${view}-tab`).addEventListener('focus', () => openView(view))
  }
}

/** Offer the served models, where there is a choice. */
async function offerModels() {
  try {
    const served = await api.models()
    for (const id of ['model', 'first-model', 'second-model']) {
      const options = served.map(({ name }) => h('option', { value: name }, name))
      byId(id).replaceChildren(h('option', { value: 'auto', 'data-t': 'auto' }, t('auto')), ...options)
    }
  } catch (error) {
    reader.view.fail(onError(error))
  }
}

function offerExamples() {
  const button = (text) =>
    h('button', { class: 'chip', type: 'button', onclick: () => reader.set(text) }, text)
  byId('examples').append(...EXAMPLES.map(button))
}

function offerLanguages() {
  const mark = () => {
    for (const one of document.querySelectorAll('[data-language]')) {
      one.setAttribute('aria-pressed', one.dataset.language === current())
    }
  }
  for (const one of document.querySelectorAll('[data-language]')) {
    one.addEventListener('click', () => speak(one.dataset.language))
  }
  onLanguage(mark)
  mark()
}

function offerCopies() {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.addEventListener('click', () => {
      const question = { texts: [reader.box.value], model: model() }
      const { steps, kept, ...answer } = reader.view.answer
      copy(button.dataset.copy, question, answer, byId('copied'))
    })
  }
}

byId('model').addEventListener('change', () => reader.ask())
byId('clear').addEventListener('click', () => {
  reader.set('')
  reader.box.focus()
})
byId('key-box').addEventListener('submit', (event) => {
  event.preventDefault()
  api.useKey(byId('key').value)
  byId('key-box').hidden = true
  reader.box.focus()
  offerModels()
  if (reader.box.value) reader.ask()
})
listenToTabs()
offerExamples()
offerLanguages()
offerCopies()
translate()
await offerModels()
if (reader.box.value) reader.ask()
