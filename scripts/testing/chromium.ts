import { accessSync, constants } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
const MAC_APPS = ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"]

/** The Chromium of this machine: SOTTO_CHROMIUM, or on the PATH, or among the applications of macOS. null where there is none. */
export function findChromium(): string | null {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(path.delimiter)]
  const candidates = [
    ...(process.env.SOTTO_CHROMIUM ? [process.env.SOTTO_CHROMIUM] : []),
    ...folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))),
    ...["/Applications", path.join(homedir(), "Applications")].flatMap((folder) => MAC_APPS.map((app) => path.join(folder, app))),
  ]
  return candidates.find(isExecutable) ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
