import { ageOpen as open, ageSeal as seal } from "../messenger/platform/age.ts"

const streamOf = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]).stream()
const bytesOf = async (stream: ReadableStream<Uint8Array>) => new Uint8Array(await new Response(stream).arrayBuffer())

/** A file in the age format under a passphrase. */
export async function ageSeal(passphrase: string, bytes: Uint8Array, work?: number): Promise<Uint8Array> {
  return bytesOf(await seal(passphrase, streamOf(bytes), work))
}

export type AgeOpening = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly problem: "not-a-backup" | "wrong" | "damaged" }

/** `wrong` also where the file's first lines were changed: what opens them is the passphrase. */
export async function ageOpen(passphrase: string, file: Uint8Array): Promise<AgeOpening> {
  const opening = await open(passphrase, new Blob([new Uint8Array(file)]))
  if (!opening.ok) return opening
  try {
    return { ok: true, bytes: await bytesOf(opening.plain) }
  } catch {
    return { ok: false, problem: "damaged" }
  }
}
