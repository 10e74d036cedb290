// Elements: finds them, makes them, waits a moment. Knows nothing of texts or feelings.

export const byId = (id) => document.getElementById(id)

const SVG = 'http://www.w3.org/2000/svg'

/** Make an HTML element; `on…` are listeners, `style` holds properties, null attributes are left out. */
export const h = (tag, attributes, ...children) =>
  filled(document.createElement(tag), attributes, children)

/** Make an SVG element in the same way. */
export const svg = (tag, attributes, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children)

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue
    if (name === 'style') setStyle(element, value)
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return element
}

/** Set style properties; the policy allows them from scripts, not from markup. */
export function setStyle(element, properties) {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value)
}

/** Let the browser paint and listen before the work goes on. */
export const breathe = () => new Promise((resolve) => setTimeout(resolve))

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Call a function only when nothing has come for a while. */
export function debounced(work, milliseconds) {
  let timer
  return (...values) => {
    clearTimeout(timer)
    timer = setTimeout(() => work(...values), milliseconds)
  }
}

/** Let the arrow keys move among elements of which only one is a tab stop. */
export function roving(container, selector) {
  const all = () => [...container.querySelectorAll(selector)]
  container.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const items = all()
    const place = items.indexOf(event.target)
    if (!step || place < 0) return
    event.preventDefault()
    items[(place + step + items.length) % items.length].focus()
  })
  container.addEventListener('focusin', (event) => {
    const items = all()
    if (items.includes(event.target)) {
      for (const item of items) item.tabIndex = item === event.target ? 0 : -1
    }
  })
}
