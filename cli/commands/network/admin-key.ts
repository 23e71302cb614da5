import { randomBytes } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { fromHex, toHex } from "../../../shared/bytes.ts"
import { publicEd25519 } from "../../../shared/ed25519.ts"
import { Failure } from "../../failure.ts"

const MARK = "sotto-admin-key-1"

/** Writes a new key, which only its owner may read, and returns its public half in hex. Never writes over anything. Throws Failure. */
export function makeAdminKey(file: string): string {
  const seed = randomBytes(32)
  try {
    writeFileSync(file, `${MARK} ${toHex(seed)}\n`, { mode: 0o600, flag: "wx" })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Failure(code === "EEXIST" ? `${file} exists, and is left as it is.` : `${file} cannot be written: ${code}.`)
  }
  return toHex(publicEd25519(seed))
}

/** The Ed25519 seed. Throws Failure. */
export function adminSeed(file: string): Uint8Array {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    throw new Failure(`The admin key ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`)
  }
  const [mark, hex] = text.trim().split(" ")
  if (mark !== MARK || !/^[0-9a-f]{64}$/.test(hex ?? "")) throw new Failure(`${file} holds no admin key; "sotto network key --out FILE" makes one.`)
  return fromHex(hex!)
}

/** The public key, hex, from itself or from the file that holds the private one. Throws Failure. */
export function publicAdminKey(keyOrFile: string): string {
  if (/^[0-9a-fA-F]{64}$/.test(keyOrFile)) return keyOrFile.toLowerCase()
  return toHex(publicEd25519(adminSeed(keyOrFile)))
}
