/// <reference lib="webworker" />
/** Turns a passphrase into a key, in a worker of its own: half a second of work beside the engine would make packets leave late. */
import { random } from "../../messenger/platform/browser/clock.ts"
import { calibrated, stretch } from "../../messenger/vault/argon2.ts"
import type { StretchAnswer, StretchRequest } from "./protocol.ts"

declare const self: DedicatedWorkerGlobalScope

self.onmessage = async ({ data }: MessageEvent<StretchRequest>) => {
  const stretching = data.stretching ?? (await calibrated(random, () => performance.now()))
  self.postMessage({ stretching, key: await stretch(data.passphrase, stretching) } satisfies StretchAnswer)
}
