import { open, stat } from "node:fs/promises"
import path from "node:path"
import type { AttachmentView, Messenger, MessageView } from "../../messenger/api.ts"
import { CommandError } from "../../messenger/api.ts"
import type { Call, Command } from "../command.ts"
import { until, whyLate, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import { sizeText } from "../file-size.ts"
import { jsonLine, plainName } from "../output.ts"
import { openProfile } from "../profile.ts"

const PART = 1 << 17

export const save: Command = {
  usage: "ID [PATH]",
  summary: "Fetches the file of a message, if it is not here, and writes it to a new file: PATH, in the folder PATH, or under its own name.",
  words: [1, 2],
  options: {},
  async run(call) {
    const [id, to = "."] = call.args.words as [string, string?]
    const profile = await openProfile(call.folder, call)
    try {
      const here = await withMessenger(profile, { online: false }, async (messenger) => isHere(await messenger.run("message", { message: id })))
      await withMessenger(profile, { online: !here, speed: call.speed }, async (messenger) => {
        const attachment = await fetched(messenger, id, call)
        const file = await write(messenger, id, attachment, to)
        if (call.json) call.print(jsonLine({ id, file, size: attachment.size, type: attachment.mediaType }))
        else call.print(`Saved as ${plainName(file)}, ${sizeText(attachment.size)}.`)
      })
    } finally {
      await profile.store.close()
    }
  },
}

function isHere({ message }: { readonly message: MessageView | null }): boolean {
  if (message === null) throw new Failure("There is no message of this id; \"sotto messages CONTACT --ids\" shows ids.")
  if (message.attachment === undefined) throw new Failure("This message brings no file.")
  if (message.own && message.attachment.state === "deleted") throw new Failure("The file was deleted from this device, and nobody else can give it.")
  return message.own || message.attachment.state === "ready"
}

async function fetched(messenger: Messenger, id: string, call: Call): Promise<AttachmentView> {
  const { message } = await messenger.run("message", { message: id })
  const { own, attachment } = message!
  if (!own && ["offered", "missing", "asked", "paused", "deleted"].includes(attachment!.state)) await fetch(messenger, id)
  const here = await until(messenger, call.deadline, async () => {
    const now = (await messenger.run("message", { message: id })).message
    if (now?.attachment === undefined) throw new Failure("The message was deleted meanwhile.")
    if (now.attachment.state === "damaged") throw new Failure("The file is not what its sender has named, and was thrown away.")
    if (now.attachment.state === "missing" && !own) throw new Failure(`Too much of the file is in no dropbox any more: "sotto file ${id} ask-again" asks its sender for it.`)
    return own || now.attachment.state === "ready" ? now.attachment : null
  })
  if (here === null) throw await whyLate(messenger, "The file was not fetched")
  return here
}

async function fetch(messenger: Messenger, id: string): Promise<void> {
  try {
    await messenger.run("fetch-attachment", { message: id })
  } catch (error) {
    throw error instanceof CommandError ? new Failure(`This cannot be done: ${error.message}.`) : error
  }
}

/** Where it was written. What is there already is left alone. */
async function write(messenger: Messenger, message: string, { name, size }: AttachmentView, to: string): Promise<string> {
  const own = name === "" ? `file-${message.slice(2, 10)}` : name
  const paths = to.endsWith(path.sep) ? [path.join(to, own)] : [to, path.join(to, own)]
  for (const file of paths) {
    const handle = await open(file, "wx", 0o600).catch((error: NodeJS.ErrnoException) => error)
    if (handle instanceof Error) {
      const isFolder = handle.code === "EISDIR" || (handle.code === "EEXIST" && file === to && paths.length > 1 && (await isDirectory(file)))
      if (isFolder) continue
      throw new Failure(handle.code === "EEXIST" ? `There is a file ${plainName(file)} already; give another path.` : `The file ${plainName(file)} cannot be written: ${handle.code}.`)
    }
    try {
      for (let offset = 0; offset < size; offset += PART) await handle.write((await messenger.run("attachment-bytes", { message, offset, length: PART })).bytes)
    } finally {
      await handle.close()
    }
    return file
  }
  throw new Failure(`The file cannot be written to ${to}.`)
}

async function isDirectory(file: string): Promise<boolean> {
  return (await stat(file)).isDirectory()
}
