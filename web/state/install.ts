/** Becoming an app of the device: some browsers offer it to the page, others in a menu only. */
import { shallowRef } from "vue"

interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>
}

/** Set while the browser would install the app. */
export const offer = shallowRef<InstallOffer | null>(null)
export const isInstalled = shallowRef(false)

export function startInstalling(): void {
  isInstalled.value = matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true
  addEventListener("beforeinstallprompt", (event) => {
    // Offered in the settings, where somebody looks for it, and not over whatever is being done.
    event.preventDefault()
    offer.value = event as InstallOffer
  })
  addEventListener("appinstalled", () => {
    isInstalled.value = true
    offer.value = null
  })
}

export async function installApp(): Promise<void> {
  const asked = offer.value
  // It can be used once.
  offer.value = null
  await asked?.prompt()
}

export function wayToInstall(): "ios" | "safari" | "firefox" | "other" {
  const agent = navigator.userAgent
  if (/Firefox\//.test(agent)) return "firefox"
  if (/iPhone|iPad/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ios"
  return /Safari\//.test(agent) && !/Chrom/.test(agent) ? "safari" : "other"
}

export const canOpenLinks = typeof navigator.registerProtocolHandler === "function"

/** The code comes behind `#`, which no server sees. */
export const openLinks = (): void => navigator.registerProtocolHandler("web+sotto", `${location.origin}/#code/%s`)
