/// <reference lib="webworker" />
/**
 * Keeps the whole app, so that it opens without a network. A new version is fetched beside the old one, checked file by file, and
 * served only when the user says so. Nothing but the app's own files is ever kept here.
 */
import type { FromWorker, ToWorker } from "./protocol.ts"
import { Damaged, Kept } from "./versions.ts"
import type { Listed } from "./versions.ts"

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: Listed[] }

const kept = new Kept(self.__WB_MANIFEST)
const SHARE = "/share"
/** Shared into the app, until its page takes it. In memory only: at rest everything of a user is sealed. */
let shared: string | null = null
let sharedFiles: readonly File[] = []

async function tellPages(message: FromWorker): Promise<void> {
  for (const page of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) page.postMessage(message)
}

/** Held while versions come and go: what one worker tidies away another may just be installing. */
const LOCK = "versions"

async function install(): Promise<void> {
  try {
    await navigator.locks.request(LOCK, () => kept.install())
  } catch (error) {
    if (error instanceof Damaged) await tellPages({ type: "damaged", files: error.files })
    throw error
  }
}

/** Texts, links and files, as other apps share them. It goes nowhere but to the page that opens now. */
async function takeShared(request: Request): Promise<Response> {
  const fields = await request.formData()
  const parts = ["title", "text", "url"].map((name) => fields.get(name)).filter((value) => typeof value === "string" && value !== "")
  shared = parts.filter((part, at) => !parts.some((other, i) => i > at && String(other).includes(String(part)))).join("\n")
  sharedFiles = fields.getAll("files").filter((one) => one instanceof File && one.size > 0) as File[]
  return Response.redirect("/#/share", 303)
}

/** Another worker that has begun to install is seen here, or comes after the lock. */
async function tidy(): Promise<void> {
  await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock === null || self.registration.installing || self.registration.waiting) return
    if ((await self.clients.matchAll({ type: "window", includeUncontrolled: true })).length <= 1) await kept.tidy()
  })
}

async function hear(message: ToWorker): Promise<unknown> {
  switch (message.type) {
    case "versions":
      return kept.versions()
    case "change":
      // What was installed can have gone, and the server have moved on since.
      if (!(await navigator.locks.request(LOCK, () => kept.change()).then(() => true, () => false))) return false
      // Where this worker waits, the browser has it take over now; where it runs already, it has served the other version until now.
      await self.skipWaiting()
      await tellPages({ type: "changed" })
      return true
    case "settled":
      await tidy()
      return true
    case "shared": {
      const text = shared
      shared = null
      return text
    }
    case "shared-files": {
      const files = sharedFiles
      sharedFiles = []
      return files
    }
  }
}

async function openFrom(tag: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true })
  await Promise.all(pages.map((page) => Promise.resolve(page.postMessage({ type: "notified", tag } satisfies FromWorker))))
  const page = pages.find(({ frameType }) => frameType === "top-level")
  await (page ? page.focus().catch(() => undefined) : self.clients.openWindow("/"))
}

self.addEventListener("install", (event) => event.waitUntil(install()))
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))

self.addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (origin !== self.location.origin) return
  if (request.method === "POST" && pathname === SHARE) event.respondWith(takeShared(request))
  else if (request.method === "GET") event.respondWith(kept.answer(request).then((answer) => answer ?? fetch(request)))
})

self.addEventListener("message", (event) => {
  event.waitUntil(hear(event.data as ToWorker).then((answer) => event.ports[0]?.postMessage(answer)))
})

self.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(openFrom(event.notification.tag))
})
