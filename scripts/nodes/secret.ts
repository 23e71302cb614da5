import { randomBytes } from "node:crypto"
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readdirSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs"
import path from "node:path"
import { Failure } from "../../cli/failure.ts"

const BYTES = 32

/**
 * The secret of a node, by which it seals its keys before they go to its disk: what the file holds, or made now, once and for all.
 * Only its owner may read the file. Throws Failure where the file is no secret, or others may read it.
 */
export function secretIn(file: string): string {
  if (!existsSync(file)) make(file)
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw new Failure(`Others may read ${file}, which holds the secret of a node: run "chmod 600 ${file}" first.`)
  }
  const secret = readFileSync(file, "utf8").trim()
  if (!/^[\x21-\x7e]{32,1000}$/.test(secret)) {
    throw new Failure(`${file} does not hold a secret: at least 32 characters, no spaces. Without the true one the node's keys are lost.`)
  }
  return secret
}

/** The secret of the node whose data lies in this folder, as above; never a new one for keys that were sealed by another. Throws Failure. */
export function secretOf(folder: string): string {
  const file = path.join(folder, "secret")
  const store = path.join(folder, "store")
  if (!existsSync(file) && existsSync(store) && readdirSync(store).length > 0) {
    throw new Failure(`${file} is missing, and the keys in ${store} are sealed with it: put it back, or empty that folder to start as a new node.`)
  }
  return secretIn(file)
}

/** Whole or not at all, and never over one that somebody else made meanwhile: a half-written secret would lock the node out of its keys. */
function make(file: string): void {
  const draft = `${file}.${process.pid}`
  const handle = openSync(draft, "w", 0o600)
  try {
    writeSync(handle, `${randomBytes(BYTES).toString("hex")}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  } finally {
    unlinkSync(draft)
  }
}
