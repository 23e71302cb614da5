import { defaultParameters } from "../../shared/directory/parameters.ts"
import { utf8 } from "../../shared/text.ts"
import { CommandError, TEXT_MAX } from "../api.ts"
import { isMediaType, isThumbnail, THUMBNAIL_MAX } from "../content/attachment.ts"
import type { Engine } from "../engine.ts"
import type { Handlers } from "../first-commands.ts"
import { NOTHING } from "../first-commands.ts"
import { messageOf, talkOf } from "../named.ts"
import { fileCost } from "./cost.ts"
import { isFileName } from "./file-name.ts"
import { boundedLimit, inOrder, listed, shelved, totals } from "./stored-files.ts"

/** Commands about files. */
export const fileHandlers = {
  "attachment-cost": (engine, { size }) => fileCost(checkedSize(size, Infinity), parametersOf(engine)),
  attach: async (engine, { conversation, name, mediaType, size, thumbnail, text = "", replyTo }) => {
    talkOf(engine, conversation)
    if (!isFileName(name)) throw new CommandError("a file's name has at most 255 bytes, and neither folders nor invisible signs")
    if (!isMediaType(mediaType)) throw new CommandError("this is no media type")
    if (thumbnail !== undefined && !isThumbnail(thumbnail)) throw new CommandError(`a thumbnail is a picture of 1 to ${THUMBNAIL_MAX} bytes`)
    if (utf8(text).length > TEXT_MAX) throw new CommandError(`a text may have at most ${TEXT_MAX} bytes`)
    if (replyTo !== undefined && (await messageOf(engine, replyTo)).message.conversation !== conversation) throw new CommandError("the message that is answered is of another conversation")
    const most = parametersOf(engine).fileKilobytes * 1000
    const file = { name, mediaType, size: checkedSize(size, most), thumbnail: thumbnail ?? null }
    return { file: engine.attachments.staging.begin({ conversation, file, text: text.trim() === "" ? "" : text, replyTo: replyTo ?? null }) }
  },
  "attach-bytes": async (engine, { file, bytes }) => ({ message: await engine.attachments.add(file, bytes) }),
  "drop-attachment": (engine, { file }) => {
    engine.attachments.staging.drop(file)
    return NOTHING
  },
  "fetch-attachment": async (engine, { message: id }) => {
    const { talk, message } = await messageOf(engine, id)
    await engine.attachments.fetch(talk, message)
    return NOTHING
  },
  "pause-attachment": async (engine, { message: id, paused }) => {
    const { talk, message } = await messageOf(engine, id)
    await engine.attachments.pause(talk, message, paused)
    return NOTHING
  },
  "cancel-attachment": async (engine, { message: id }) => {
    const { talk, message } = await messageOf(engine, id)
    await engine.attachments.cancel(talk, message)
    return NOTHING
  },
  "ask-again": async (engine, { message: id }) => {
    const { talk, message } = await messageOf(engine, id)
    await engine.attachments.askAgain(talk, message)
    return NOTHING
  },
  "attachment-bytes": async (engine, { message: id, offset, length }) => {
    const { talk, message } = await messageOf(engine, id)
    return { bytes: await engine.attachments.bytes(talk, message, offset, length) }
  },
  "delete-attachment": async (engine, { message: id }) => {
    const { talk, message } = await messageOf(engine, id)
    await engine.attachments.delete(talk, message)
    return NOTHING
  },
  storage: async (engine) => ({ conversations: totals(await shelved(engine)) }),
  "stored-files": async (engine, { conversation, by, from, limit }) => {
    const wanted = conversation === undefined ? null : talkOf(engine, conversation).stored.id
    return listed(engine, inOrder(await shelved(engine, wanted), by), from ?? null, boundedLimit(limit))
  },
  "file-limits": (engine, { fetch, again }) => {
    if (![fetch, again].every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0)) throw new CommandError("limits are whole numbers of bytes")
    engine.setProfile({ ...engine.profile, files: { fetch, again } })
    return NOTHING
  },
} satisfies Partial<Handlers>

const parametersOf = (engine: Engine) => engine.directory?.parameters ?? defaultParameters

function checkedSize(size: number, most: number): number {
  if (!Number.isSafeInteger(size) || size < 1 || size > most) throw new CommandError(most === Infinity ? "a file has one byte at least" : `a file has 1 to ${most} bytes in this network`)
  return size
}
