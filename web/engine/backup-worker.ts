/// <reference lib="webworker" />
/**
 * Makes and opens backup files, in a worker of its own: the key of a passphrase takes a second of work, and a large profile more. Nothing but the
 * file itself, which the browser keeps as a Blob, grows with the profile.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { ageOpen, ageSeal } from "../../messenger/platform/age.ts"
import type { PackedRecords } from "../../messenger/vault/backup.ts"
import { countRecords, NO_CONTENTS } from "../../messenger/vault/backup-contents.ts"
import type { BackupHead } from "../../messenger/vault/backup-reader.ts"
import { BackupReader } from "../../messenger/vault/backup-reader.ts"
import { sameBytes } from "../../shared/bytes.ts"
import type { BackupFileProblem, FromBackup, MadeBackup, ToBackup } from "./backup-protocol.ts"
import { parseDescription, sameNetwork } from "./description.ts"
import { storedDescription } from "./network.ts"
import type { BackupRecords } from "./protocol.ts"
import { give, taken } from "./pulled.ts"

declare const self: DedicatedWorkerGlobalScope

class BackupError extends Error {
  readonly problem: BackupFileProblem
  readonly about: string | null
  constructor(problem: BackupFileProblem, about: string | null = null) {
    super(problem)
    this.problem = problem
    this.about = about
  }
}

const post = (message: FromBackup) => self.postMessage(message)

async function make(passphrase: string, port: MessagePort): Promise<void> {
  const parts = taken<Uint8Array<ArrayBuffer>, PackedRecords>(port)
  const hash = sha256.create()
  let packed: PackedRecords | null = null
  const plain = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) {
        packed = value
        return controller.close()
      }
      hash.update(value)
      controller.enqueue(value)
    },
  })
  const file = await new Response(await ageSeal(passphrase, plain)).blob()
  const { records, damaged } = packed as PackedRecords | null ?? { records: 0, damaged: 0 }
  post({ type: "made", made: { file, hash: hash.digest(), records, damaged } })
}

/** Records as they are read; throws BackupError. In the end the file's head. */
async function* recordsOf(file: Blob, passphrase: string, hear: (bytes: Uint8Array) => void): AsyncGenerator<BackupRecords, BackupHead> {
  const opening = await ageOpen(passphrase, file)
  if (!opening.ok) throw new BackupError(opening.problem)
  const reader = new BackupReader()
  const bytes = opening.plain.getReader()
  for (;;) {
    const { done, value } = await bytes.read().catch(() => {
      throw new BackupError("damaged")
    })
    if (done) break
    hear(value)
    const read = reader.push(value)
    if (!read.ok) throw new BackupError(read.problem)
    yield read.records
  }
  const end = reader.end()
  if (!end.ok) throw new BackupError(end.problem)
  return end.head
}

async function open(passphrase: string, file: Blob, made: MadeBackup | null): Promise<void> {
  if (made === null) await findRoom(file.size)
  const hash = sha256.create()
  let done = 0
  let told = 0
  const records = recordsOf(file, passphrase, (bytes) => {
    hash.update(bytes)
    done += bytes.length
    if (done - told > 1 << 20) post({ type: "progress", done: (told = done), of: file.size })
  })
  let contents = NO_CONTENTS
  let step = await records.next()
  for (; !step.done; step = await records.next()) contents = countRecords(contents, step.value)
  const head = step.value
  if (contents.name === null) throw new BackupError("empty")
  if (made === null) await checkNetwork(head)
  else if (!sameBytes(hash.digest(), made.hash) || contents.records !== made.records) throw new BackupError("damaged")
  post({ type: "opened", backup: { head, contents, size: file.size } })
}

/** Sealed records take more room than packed ones, up to twice as much. */
async function findRoom(size: number): Promise<void> {
  const { quota = Infinity, usage = 0 } = (await self.navigator.storage?.estimate?.()) ?? {}
  if (2 * size > quota - usage) throw new BackupError("too-large")
}

/** The page may talk to the nodes of its own network only. */
async function checkNetwork(head: BackupHead): Promise<void> {
  const { network, app } = aboutOf(head)
  const theirs = parseDescription(JSON.stringify(network ?? null))
  if (theirs === null) throw new BackupError("damaged")
  const ours = await storedDescription()
  if (ours === null || !sameNetwork(ours, theirs)) throw new BackupError("other-network", typeof app === "string" && /^https?:\/\//.test(app) ? app : null)
}

function aboutOf({ network }: BackupHead): { network?: unknown; app?: unknown } {
  try {
    return (JSON.parse(new TextDecoder().decode(network)) as { network?: unknown; app?: unknown } | null) ?? {}
  } catch {
    return {}
  }
}

/** Records in the size of batches that one transaction may well hold. */
async function* restoring(passphrase: string, file: Blob): AsyncGenerator<BackupRecords, null> {
  for await (const records of recordsOf(file, passphrase, () => undefined)) if (records.length > 0) yield records
  return null
}

async function hear(asked: ToBackup): Promise<void> {
  try {
    if (asked.type === "make") await make(asked.passphrase, asked.port)
    else if (asked.type === "open") await open(asked.passphrase, asked.file, asked.made)
    else give(asked.port, restoring(asked.passphrase, asked.file))
  } catch (error) {
    post({ type: "problem", problem: error instanceof BackupError ? error.problem : "failed", about: error instanceof BackupError ? error.about : null })
  }
}

self.onmessage = ({ data }: MessageEvent<ToBackup>) => void hear(data)
