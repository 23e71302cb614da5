import { Failure } from "./failure.ts"

const UNITS: Readonly<Record<string, number>> = { "": 1, B: 1, kB: 1000, MB: 1_000_000 }

/** "38 kB", "5.2 MB". */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Bytes, from "5000000", "300kB" or "5MB". Throws Failure. */
export function sizeOf(word: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(word) ?? []
  const factor = Object.entries(UNITS).find(([name]) => name.toLowerCase() === unit?.toLowerCase())?.[1]
  if (number === undefined || factor === undefined) throw new Failure(`A size is a number of bytes, or one with kB or MB behind it; "${word}" is none.`)
  return Math.round(Number(number) * factor)
}

/** "about 9 min". */
export function durationText(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 1) return `about ${Math.ceil(ms / 1000)} s`
  return minutes < 120 ? `about ${Math.round(minutes)} min` : `about ${(minutes / 60).toFixed(1)} h`
}
