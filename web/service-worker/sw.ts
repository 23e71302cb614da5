/// <reference lib="webworker" />
/**
 * Keeps the whole app, so that it opens without a network. A new version is fetched beside the old one and takes over
 * only when the user says so. Nothing but the app's own files is ever kept here.
 */
import { cleanupOutdatedCaches, matchPrecache, precache } from "workbox-precaching"
import type { PrecacheEntry } from "workbox-precaching"

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] }

// Answers come from our own listener below rather than from the library's: only one listener may answer a request.
precache(self.__WB_MANIFEST)
cleanupOutdatedCaches()

const PAGE = "/index.html"

/** Every address of the app is one page; what has an extension is a file that somebody wants to look at. */
const isPage = (request: Request): boolean => request.mode === "navigate" && !new URL(request.url).pathname.includes(".")

async function answer(request: Request): Promise<Response> {
  const kept = await matchPrecache(isPage(request) ? PAGE : request)
  return kept ?? fetch(request)
}

self.addEventListener("fetch", (event) => {
  const { request } = event
  if (request.method === "GET" && new URL(request.url).origin === self.location.origin) event.respondWith(answer(request))
})

self.addEventListener("message", ({ data }) => {
  if (data?.type === "SKIP_WAITING") void self.skipWaiting()
})

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))
