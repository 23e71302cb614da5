import type { Stretching } from "../../messenger/vault/header.ts"
import type { StretchAnswer } from "../engine/protocol.ts"
import url from "../engine/stretch-worker.ts?worker&url"
import { scriptPolicy } from "./trusted.ts"

let script: string | null = null

/** The key of a passphrase, under these terms or new ones. The worker, which saw it, ends with the answer. */
export function stretched(passphrase: string, stretching: Stretching | null): Promise<StretchAnswer> {
  script ??= scriptPolicy("stretch", url)
  const worker = new Worker(script, { type: "module", name: "sotto-stretch" })
  return new Promise<StretchAnswer>((done, failed) => {
    worker.onmessage = ({ data }: MessageEvent<StretchAnswer>) => done(data)
    worker.onerror = () => failed(new Error("the passphrase could not be stretched"))
    worker.postMessage({ passphrase, stretching })
  }).finally(() => worker.terminate())
}

/** 0 to 3, by length and kinds of characters: a hint, and no promise. */
export function strength(passphrase: string): 0 | 1 | 2 | 3 {
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(passphrase)).length
  const different = new Set(passphrase).size
  const score = Math.min([...passphrase].length, 2 * different) + 2 * Math.max(kinds - 1, 0)
  return score < 10 ? 0 : score < 15 ? 1 : score < 21 ? 2 : 3
}
