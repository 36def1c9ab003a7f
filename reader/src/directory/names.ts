/** When two names are one: without case, spacing, signs and legal forms. */

const FORMS = new Set(
  'ab ag aps as asa bv co corp corporation company gmbh inc incorporated kg kk limited llc llp ltd nv oy oyj plc pte pty pvt sa sarl sas se spa srl sro'.split(' '),
)

/** Equal names have equal keys. */
export function nameKey(name: string): string {
  const words = folded(name.normalize('NFKC'))
    .normalize('NFKC')
    .replace(/[.'\u2019]/g, '')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean)
  while (words.length > 1 && FORMS.has(words.at(-1)!)) words.pop()
  return words.join('')
}

/** Case folding, nearly: what upper and lower case make of a letter, as the language has no table for more. */
function folded(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}
