import { createHash } from "node:crypto"
import { SphinxError } from "sphinx-packet"
import { hex } from "./sphinx-file.ts"

/** Comparisons whose errors name what differs, never its bytes. */

export function equal(what: string, actual: unknown, expected: unknown) {
  if (actual !== expected) throw new Error(`${what} is ${String(actual)}, not ${String(expected)}`)
}

export function same(what: string, actual: Uint8Array, expected: string) {
  if (hex(actual) !== expected.toLowerCase()) throw new Error(`${what} differs`)
}

/** Long byte strings may be given by their SHA-256 only. */
export function sameWhole(what: string, actual: Uint8Array, expected: string | undefined, sha256: string | undefined) {
  if (expected === undefined && sha256 === undefined) throw new Error(`${what} is not given`)
  if (expected !== undefined) same(what, actual, expected)
  if (sha256 !== undefined) same(what, createHash("sha256").update(actual).digest(), sha256)
}

export async function refused(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof SphinxError) return error.reason
    throw error
  }
  return "none"
}
