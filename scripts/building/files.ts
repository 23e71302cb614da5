/** The published list of the app's files, in the format of `sha256sum`, and the one hash that stands for all of them. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

export const LIST = "SHA256SUMS.txt"
/** It carries the hashes of all others, and so cannot carry its own. */
export const WORKER = "sw.js"

const hex = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex")

/** Paths below the folder with slashes, in an order that no language changes. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/")).filter((file) => file !== LIST).sort()
}

/** A line "hash  path" for each file of the built app but the list itself. */
export const listOf = (folder: string): string => filesIn(folder).map((file) => `${hex(readFileSync(path.join(folder, file)))}  ${file}\n`).join("")

/** Hashes by path. Lines that are not of a list are left out. */
export const parseList = (list: string): Map<string, string> => new Map(list.split("\n").flatMap((line) => (/^[0-9a-f]{64} {2}./.test(line) ? [[line.slice(66), line.slice(0, 64)] as const] : [])))

/** What `sha256sum SHA256SUMS.txt` says. */
export const fingerprintOf = (list: string): string => hex(list)

/** Writes the list into the built app and returns its fingerprint. */
export function writeList(folder: string): string {
  const list = listOf(folder)
  writeFileSync(path.join(folder, LIST), list)
  return fingerprintOf(list)
}

interface Entry {
  url: string
  revision: string | null
  integrity?: string
}

/** What the service worker carries: each file once, in a fixed order, with its SHA-256. */
export function withHashes<T extends Entry>(entries: readonly T[], folder: string): T[] {
  const byUrl = new Map(entries.map((entry) => [entry.url, entry]))
  return [...byUrl.keys()].sort().map((url) => ({ ...byUrl.get(url)!, revision: null, integrity: hex(readFileSync(path.join(folder, url))) }))
}
