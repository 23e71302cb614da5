import { findProgram } from "./programs.ts"

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
const MAC_APPS = ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"]

/** The Chromium of this machine: SOTTO_CHROMIUM, or on the PATH, or among the applications of macOS. null where there is none. */
export const findChromium = (): string | null => findProgram(process.env.SOTTO_CHROMIUM, NAMES, MAC_APPS)
