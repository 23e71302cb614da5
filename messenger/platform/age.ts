/** Files in the age format under a passphrase, by streams: where `ReadableStream` and `Blob` are, which is Node and browsers. */
import { Decrypter, Encrypter } from "age-encryption"

/** scrypt with 2^18 rounds, as the age command line does. */
const WORK = 18
/** Beyond it the library computes nothing, for it would take gigabytes. */
const WORK_MAX = 20
/** What an age file that was made with a passphrase begins with. */
const HEADER = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} (\d{1,2})\n/

/** Computes for about a second, with 256 MiB, and then as fast as it is read. */
export async function ageSeal(passphrase: string, plain: ReadableStream<Uint8Array>, work = WORK): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase.normalize("NFKC"))
  encrypter.setScryptWorkFactor(work)
  return encrypter.encrypt(plain)
}

export type AgeOpening = { readonly ok: true; readonly plain: ReadableStream<Uint8Array> } | { readonly ok: false; readonly problem: "not-a-backup" | "wrong" }

/** `wrong` also where the file's first lines were changed: what opens them is the passphrase. Reading on rejects where the rest was. */
export async function ageOpen(passphrase: string, file: Blob): Promise<AgeOpening> {
  const start = HEADER.exec(new TextDecoder("latin1").decode(await file.slice(0, 100).arrayBuffer()))
  if (start === null || Number(start[1]) > WORK_MAX) return { ok: false, problem: "not-a-backup" }
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase.normalize("NFKC"))
  try {
    return { ok: true, plain: await decrypter.decrypt(file.stream()) }
  } catch {
    return { ok: false, problem: "wrong" }
  }
}
