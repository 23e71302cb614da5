import { expect } from "vitest"
import type { AttachmentView } from "../../messenger/api.ts"
import { toHex } from "../../shared/bytes.ts"
import type { StoredTransfer } from "../../messenger/attachments/stored-attachment.ts"
import { fileKeys } from "../../messenger/attachments/stored-attachment.ts"
import { unpack } from "../../messenger/stored.ts"
import { fileBox } from "../../shared/box.ts"
import type { Sitter } from "../sim/desk.ts"

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Hands a file over in parts, and answers its message. */
export async function attach(sitter: Sitter, conversation: string, bytes: Uint8Array, more: object = {}): Promise<string> {
  const { file } = await sitter.run("attach", { conversation, name: "picture.webp", mediaType: "image/webp", size: bytes.length, ...more })
  for (let at = 0; ; at += 50_000) {
    const { message } = await sitter.run("attach-bytes", { file, bytes: bytes.slice(at, at + 50_000) })
    if (message !== null) return message
  }
}

export async function file(sitter: Sitter, message: string): Promise<AttachmentView | undefined> {
  return (await sitter.run("message", { message })).message?.attachment
}

/** The latest that was told of it. */
export function told(sitter: Sitter, message: string): AttachmentView | undefined {
  return sitter.events.filter((event) => event.type === "message").findLast((event) => event.message.id === message)?.message.attachment
}

/** Until it is told to be so; undefined: until the message has no file any more. */
export async function until(sitter: Sitter, message: string, state: AttachmentView["state"] | undefined, within = HOUR): Promise<void> {
  const isTold = () => sitter.events.some((event) => event.type === "message" && event.message.id === message)
  await sitter.desk.run(within, () => isTold() && told(sitter, message)?.state === state)
  expect(told(sitter, message)?.state).toBe(state)
}

/** All of it, in hex, by parts that are no pieces. */
export async function bytesOf(sitter: Sitter, message: string): Promise<string> {
  const { size } = (await file(sitter, message))!
  let hex = ""
  for (let offset = 0; offset < size; offset += 7000) hex += toHex((await sitter.run("attachment-bytes", { message, offset, length: 7000 })).bytes)
  return hex
}

export const records = async (sitter: Sitter, kind: string) => (await sitter.store.list(kind)).length

/** Hex ids of the boxes of the file that was begun last, in their order. */
export async function boxIds(sitter: Sitter): Promise<string[]> {
  const transfers = (await sitter.store.list(fileKeys.transfers)).map(([, bytes]) => unpack<StoredTransfer>(bytes))
  const { source, boxes } = transfers.sort((a, b) => a.position - b.position).at(-1)!
  return Array.from(boxes, (_, i) => toHex(fileBox(source.secret, i).id))
}
