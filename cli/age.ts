import { Decrypter, Encrypter } from "age-encryption"

/** scrypt with 2^18 rounds, as the age command line does. */
const WORK = 18
/** What an age file that was made with a passphrase begins with. */
const HEADER = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} \d{1,2}\n/

/** A file in the age format under a passphrase. */
export async function ageSeal(passphrase: string, bytes: Uint8Array, work = WORK): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase.normalize("NFKC"))
  encrypter.setScryptWorkFactor(work)
  return encrypter.encrypt(bytes)
}

export type AgeOpening = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly problem: "not-a-backup" | "wrong" | "damaged" }

/** `wrong` also where the file's first lines were changed: what opens them is the passphrase. */
export async function ageOpen(passphrase: string, file: Uint8Array): Promise<AgeOpening> {
  if (!HEADER.test(Buffer.from(file.subarray(0, 100)).toString("latin1"))) return { ok: false, problem: "not-a-backup" }
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase.normalize("NFKC"))
  let body: ReadableStream<Uint8Array>
  try {
    body = await decrypter.decrypt(new Blob([new Uint8Array(file)]).stream())
  } catch {
    return { ok: false, problem: "wrong" }
  }
  try {
    return { ok: true, bytes: new Uint8Array(await new Response(body).arrayBuffer()) }
  } catch {
    return { ok: false, problem: "damaged" }
  }
}
