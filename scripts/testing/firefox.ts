import { findProgram } from "./programs.ts"

/** The Firefox of this machine: SOTTO_FIREFOX, or on the PATH. null where there is none. */
export const findFirefox = (): string | null => findProgram(process.env.SOTTO_FIREFOX, ["firefox-esr", "firefox"], ["Firefox.app/Contents/MacOS/firefox"])
