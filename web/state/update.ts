/** The service worker: installed once, renewed when a new version was put up, switched to when the user says so. */
import { shallowRef } from "vue"
import { scriptPolicy } from "./trusted.ts"

const LOOK_AGAIN = 60 * 60 * 1000

/** Set while a new version is ready; call it to change over. */
export const update = shallowRef<(() => void) | null>(null)

export async function startUpdates(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return
  const { Workbox } = await import("workbox-window")
  const workbox = new Workbox(scriptPolicy("sw", "/sw.js"))
  workbox.addEventListener("waiting", () => {
    update.value = () => {
      workbox.addEventListener("controlling", () => location.reload())
      workbox.messageSkipWaiting()
    }
  })
  // Without a service worker the app runs, but does not open offline.
  await workbox.register().catch(() => undefined)
  setInterval(() => void workbox.update().catch(() => undefined), LOOK_AGAIN)
}
