// A question and its answer for use elsewhere: as JSON, as a curl command, as Python.
// A key is never copied: where the page has one, the copy takes it from the environment.

import { hasKey } from './api.js'
import { t } from './i18n.js'

const KEY = 'SENTIGATE_KEY'

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`

const server = () => new URL('.', location.href).href.replace(/\/$/, '')

const forms = {
  json: (question, answer) => JSON.stringify(answer, null, 2),
  curl: (question) =>
    [
      `curl ${quoted(`${server()}/v1/predict`)} -H 'Content-Type: application/json'`,
      ...(hasKey() ? [`-H "Authorization: Bearer $${KEY}"`] : []),
      `-d ${quoted(JSON.stringify(question))}`,
    ].join(' \\\n  '),
  python: ({ texts: [text], model }) =>
    [
      ...(hasKey() ? ['import os', ''] : []),
      'from sentigate.client import Client',
      '',
      `with Client(${pythonText(server())}${pythonKey()}, model=${pythonText(model)}) as ask:`,
      `    print(ask(${pythonText(text)}))`,
    ].join('\n'),
}

/** A text as Python writes it: JSON's escapes are Python's, but for halves of pairs. */
const pythonText = (text) => JSON.stringify(text)

const pythonKey = () => (hasKey() ? `, os.environ["${KEY}"]` : '')

export const written = (form, question, answer) => forms[form](question, answer)

/** Put a form into the clipboard and say so. */
export async function copy(form, question, answer, told) {
  try {
    await navigator.clipboard.writeText(written(form, question, answer))
    told.textContent = t('copied')
  } catch {
    told.textContent = t('notCopied')
  }
}
