// Keeps the page for visits on the device, in both languages; it never touches what is sent or asked. STORED stands before this.
"use strict"

const CACHE = `zi-visits ${STORED.version}`
const LANGUAGE = "zi-visits-language"

self.addEventListener("install", (event) => event.waitUntil(install()))
self.addEventListener("activate", (event) => event.waitUntil(takeOver()))
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== "GET" || url.origin !== location.origin) return
  if (event.request.mode === "navigate" && url.pathname === STORED.page) event.respondWith(page(event, url))
  else if (STORED.files.includes(url.pathname)) event.respondWith(fromCache(url.pathname, event.request))
})

const inLanguage = (code) => `${STORED.page}?lang=${code}`

async function install() {
  const cache = await caches.open(CACHE)
  await Promise.all([...STORED.languages.map(inLanguage), ...STORED.files].map((address) => keep(cache, address)))
  await self.skipWaiting()
}

// Without cookies: the languages that are fetched here are not what the person chose.
async function keep(cache, address) {
  const answer = await fetch(address, { credentials: "omit", cache: "reload", redirect: "error" })
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`)
  await cache.put(address, answer)
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("zi-visits ") && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function page(event, url) {
  const requested = url.searchParams.get("lang")
  const chosen = STORED.languages.includes(requested)
  if (chosen) event.waitUntil(fetch(url, { redirect: "error" }).catch(() => null)) // the other pages follow
  return fromCache(inLanguage(chosen ? requested : await remembered()), event.request)
}

// Without opening it: a worker that still answers would make its cache anew after the next one has taken it away.
async function fromCache(address, request) {
  return (await caches.match(address, { cacheName: CACHE, ignoreVary: true })) || fetch(request)
}

// What the page itself was last shown in.
async function remembered() {
  const found = await caches.match(STORED.page, { cacheName: LANGUAGE })
  if (found) return found.text()
  return STORED.languages.find((code) => navigator.language.startsWith(code)) || STORED.languages[0]
}
