import { open, type FileHandle } from "node:fs/promises"
import path from "node:path"
import type { Messenger } from "../../messenger/api.ts"
import { CommandError } from "../../messenger/api.ts"
import { isFileName } from "../../messenger/attachments/file-name.ts"
import type { Call, Command } from "../command.ts"
import { findConversation, until, whyLate, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import { durationText, sizeText } from "../file-size.ts"
import { jsonLine } from "../output.ts"
import type { Profile } from "../profile.ts"
import { openProfile } from "../profile.ts"
import { bareOf, isPictureFile } from "../picture-file.ts"
import { writable } from "./send.ts"

const PART = 1 << 16
/** What of a file says whether it is a picture, and how large one is read as a whole. */
const PICTURE_SIGN = 12
const PICTURE_MAX = 1 << 28
const TYPES: Readonly<Record<string, string>> = {
  ".gif": "image/gif", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".json": "application/json", ".md": "text/markdown", ".mp3": "audio/mpeg", ".mp4": "video/mp4",
  ".ogg": "audio/ogg", ".opus": "audio/ogg;codecs=opus", ".pdf": "application/pdf", ".png": "image/png", ".txt": "text/plain", ".webm": "video/webm", ".webp": "image/webp", ".zip": "application/zip",
}

export const sendFile: Command = {
  usage: "CONTACT|GROUP FILE [--as NAME] [--type TYPE] [--text TEXT] [--whole]",
  summary: "Sends a file and returns when it is in the dropbox; what is left goes on in the next run. A JPEG, PNG or WebP goes without what it says beside the picture (place, device, time), unless --whole is given; every other file as it is, with all that it says of itself.",
  words: [2, 2],
  options: { as: "value", type: "value", text: "value", whole: "flag" },
  async run(call) {
    const [name, from] = call.args.words as [string, string]
    const handle = await open(from).catch((error: NodeJS.ErrnoException) => {
      throw new Failure(`The file ${from} cannot be read: ${error.code}.`)
    })
    let profile: Profile | null = null
    try {
      profile = await openProfile(call.folder, call)
      const opened = profile
      await withMessenger(opened, { online: true, speed: call.speed }, async (messenger) => {
        const view = await messenger.run("view", {})
        const { id, isGroup } = findConversation(view, name)
        if (!isGroup) await writable(messenger, id, opened, call)
        const { size, read } = await sourceOf(handle, from, call.args.options.has("whole"))
        const { packets, sending } = await messenger.run("attachment-cost", { size: Math.max(1, size) })
        call.note(`${sizeText(size)}: ${packets} packets, ${durationText(sending[view.profile!.speed])}.`)
        const message = await handOver(messenger, id, { size, read }, call)
        await sent(messenger, message, call)
      })
    } finally {
      await handle.close()
      await profile?.store.close()
    }
  },
}

/** What is sent, part by part; an empty part where it ends. */
interface Source {
  readonly size: number
  readonly read: () => Promise<Uint8Array>
}

/** `whole`: as it is, whatever it is. */
export async function sourceOf(handle: FileHandle, file: string, whole: boolean): Promise<Source> {
  const { size } = await handle.stat()
  const bare = whole ? null : await bareIn(handle, size, file)
  if (bare !== null) {
    let at = 0
    return { size: bare.length, read: async () => bare.slice(at, (at += PART)) }
  }
  let at = 0
  return {
    size,
    read: async () => {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(PART), 0, PART, at)
      at += bytesRead
      return buffer.subarray(0, bytesRead)
    },
  }
}

/** null where it is no picture of a kind that is known. */
async function bareIn(handle: FileHandle, size: number, file: string): Promise<Uint8Array | null> {
  const { buffer } = await handle.read(new Uint8Array(PICTURE_SIGN), 0, PICTURE_SIGN, 0)
  if (!isPictureFile(buffer)) return null
  if (size > PICTURE_MAX) throw new Failure(`${file} is too large a picture to take out what it says beside it; --whole sends it as it is.`)
  const bytes = new Uint8Array(size)
  await handle.read(bytes, 0, size, 0)
  return bareOf(bytes, file)
}

async function handOver(messenger: Messenger, conversation: string, { size, read }: Source, call: Call): Promise<string> {
  const given = (name: string) => call.args.options.get(name)
  const from = call.args.words[1]!
  const name = given("as") ?? path.basename(from)
  if (!isFileName(name)) throw new Failure(`"${name}" cannot be the name of a file that is sent; choose another one with --as.`)
  const mediaType = given("type") ?? TYPES[path.extname(name).toLowerCase()] ?? "application/octet-stream"
  try {
    const { file } = await messenger.run("attach", { conversation, name, mediaType, size, text: given("text") ?? "" })
    for (;;) {
      const bytes = await read()
      if (bytes.length === 0) {
        await messenger.run("drop-attachment", { file })
        throw new Failure(`The file ${from} became shorter while it was read.`)
      }
      const { message } = await messenger.run("attach-bytes", { file, bytes })
      if (message !== null) return message
    }
  } catch (error) {
    throw error instanceof CommandError ? new Failure(`This cannot be sent: ${error.message}.`) : error
  }
}

async function sent(messenger: Messenger, id: string, call: Call): Promise<void> {
  let noted = 0
  const done = await until(messenger, call.deadline, async () => {
    const attachment = (await messenger.run("message", { message: id })).message?.attachment
    if (attachment === undefined) throw new Failure("The message was deleted meanwhile.")
    const tenth = Math.floor((10 * attachment.done) / attachment.of)
    if (tenth > noted) call.note(`${(noted = tenth) * 10} %`)
    return attachment.state === "sent" ? attachment : null
  })
  if (done === null) throw await whyLate(messenger, "The file is not in the dropbox")
  if (call.json) call.print(jsonLine({ id, boxes: done.of }))
  else call.note("In the dropbox.")
}
