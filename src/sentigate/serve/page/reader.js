// A box for a text and the answer to it, live while one types.

import { AnswerView } from './answer.js'
import { Conversation, Latest } from './api.js'
import { onLanguage } from './i18n.js'

/**
 * Joins a textarea to a view of its answer.
 *
 * `model` gives the model to ask; `onAnswer(answer, text)` hears of each answer, `onError` of faults.
 */
export class Reader {
  constructor(box, place, { model, onAnswer = () => {}, onError }) {
    this.box = box
    this.view = new AnswerView()
    this.model = model
    const conversation = new Conversation()
    this.latest = new Latest(
      (text, name) => conversation.ask(text, name),
      (answer, error, text) => {
        if (error) this.view.fail(onError(error))
        else this.view.show(answer)
        onAnswer(answer, text)
      },
    )
    place.append(this.view.element)
    box.addEventListener('input', () => this.ask())
    onLanguage(() => this.view.show(this.view.answer))
  }

  ask() {
    this.latest.put(this.box.value, this.model())
  }

  set(text) {
    this.box.value = text
    this.ask()
  }
}
