/** Keeps the page's own files, each with the digest that it has to have, so that it works without a network. */

declare const PROVENANCE_FILES: readonly { readonly url: string; readonly integrity: string | null }[]
/** Files that are large and seldom needed: kept once they were asked for. */
declare const PROVENANCE_LATER: readonly string[]
declare const PROVENANCE_CACHE: string

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Asked extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}

const world = self as unknown as {
  addEventListener(kind: 'install' | 'activate', listen: (event: Lasting) => void): void
  addEventListener(kind: 'fetch', listen: (event: Asked) => void): void
  readonly location: Location
  readonly clients: { claim(): Promise<void> }
}

world.addEventListener('install', (event) => event.waitUntil(keepAll()))
world.addEventListener('activate', (event) => event.waitUntil(dropOld().then(() => world.clients.claim()))) // also the page of the first visit
world.addEventListener('fetch', (event) => {
  if (new URL(event.request.url).origin === world.location.origin && event.request.method === 'GET') event.respondWith(answer(event.request))
})

async function keepAll(): Promise<void> {
  const cache = await caches.open(PROVENANCE_CACHE)
  const asked = PROVENANCE_FILES.map(({ url, integrity }) => new Request(url, { cache: 'no-cache', ...(integrity && { integrity }) }))
  await cache.addAll(asked)
}

async function dropOld(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('provenance-page-') && name !== PROVENANCE_CACHE).map((name) => caches.delete(name)))
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(PROVENANCE_CACHE)
  const kept = await cache.match(request, { ignoreSearch: true })
  if (kept && !request.url.endsWith('/trust.json')) return kept
  try {
    const fresh = await fetch(request)
    if (fresh.ok && PROVENANCE_LATER.some((url) => request.url.endsWith(`/${url}`))) await cache.put(request, fresh.clone())
    return fresh
  } catch (error) {
    if (kept) return kept // whom to believe: the newest that can be had
    throw error
  }
}
