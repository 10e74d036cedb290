// The server's answers: requests, the key they carry, and what went wrong. Knows no elements.

let key = ''

/** Use a key from now on; it stays in this tab's memory. */
export function useKey(given) {
  key = given.trim()
}

export const hasKey = () => key !== ''

/** What the server refused, and why, in its own words. */
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail ?? `HTTP ${status}`)
    this.status = status
    this.retryAfter = retryAfter
  }
}

async function ask(path, body, signal) {
  const headers = key ? { authorization: `Bearer ${key}` } : {}
  const post = body && {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(path, { headers, signal, ...post })
  if (response.ok) return response.json()
  const problem = await response.json().catch(() => ({}))
  const wait = Number(response.headers.get('retry-after')) || 1
  throw new Refused(response.status, problem, wait)
}

export const models = async () => (await ask('v1/models')).models

export const predict = (texts, options, signal) =>
  ask('v1/predict', { texts, ...options }, signal)

/** Which words the answer comes from; null where the text cannot be explained. */
export async function explain(text, options) {
  const { results } = await predict([text], options)
  return results[0].explanation ?? null
}

export const gates = (text, options) => ask('v1/gates', { text, ...options })

export const course = (text, options) => ask('v1/course', { text, ...options })

/**
 * A conversation over a WebSocket: the answer to a text as it is typed, from the state carried so
 * far. Where no socket opens, the same question goes as a request.
 */
export class Conversation {
  #socket = null
  #model = 'auto'
  #steps = []

  async ask(text, model) {
    try {
      return await this.#overSocket(text, model)
    } catch {
      const { results } = await predict([text], { model })
      return { ...results[0], steps: [] }
    }
  }

  async #overSocket(text, model) {
    const socket = await this.#open(model)
    const answer = await new Promise((resolve, reject) => {
      socket.onmessage = (event) => resolve(JSON.parse(event.data))
      socket.onclose = socket.onerror = () => reject(new Error('closed'))
      socket.send(JSON.stringify({ text }))
    })
    this.#steps = [...this.#steps.slice(0, answer.kept), ...answer.steps]
    return { ...answer, steps: this.#steps }
  }

  #open(model) {
    if (this.#socket?.readyState === WebSocket.OPEN && model === this.#model) return this.#socket
    this.#socket?.close()
    this.#model = model
    this.#steps = []
    const address = new URL(`v1/live?model=${encodeURIComponent(model)}`, location.href)
    address.protocol = address.protocol.replace('http', 'ws')
    const protocols = ['sentigate.live', ...(key ? [`sentigate.key.${key}`] : [])]
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address, protocols)
      socket.onopen = () => resolve((this.#socket = socket))
      socket.onerror = socket.onclose = () => reject(new Error('closed'))
    })
  }
}

/** Asks one thing at a time; of what comes meanwhile only the latest is asked. */
export class Latest {
  #ask
  #show
  #busy = false
  #next = null

  constructor(ask, show) {
    this.#ask = ask
    this.#show = show
  }

  async put(...question) {
    this.#next = question
    if (this.#busy) return
    this.#busy = true
    while (this.#next) {
      const now = this.#next
      this.#next = null
      try {
        this.#show(await this.#ask(...now), null, ...now)
      } catch (error) {
        this.#show(null, error, ...now)
      }
    }
    this.#busy = false
  }
}
