/** Elements out of words. Text is always text: nothing of a file is ever read as markup. */

export type Child = Node | string | undefined | false | readonly Child[]
type Value = string | boolean | undefined | ((event: Event) => void)

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (typeof value === 'string') element.setAttribute(name, value)
  }
  add(element, children)
  return element
}

function add(element: HTMLElement, children: readonly Child[]): void {
  for (const child of children) {
    if (child instanceof Node || typeof child === 'string') element.append(child)
    else if (child) add(element, child)
  }
}

/** Hand a file to the person: the browser saves it, nothing is sent. */
export function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = h('a', { href: address, download: name })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
