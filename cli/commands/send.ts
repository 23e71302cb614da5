import { text as readAll } from "node:stream/consumers"
import type { Messenger, MessageView, SendProblem, SendState } from "../../messenger/api.ts"
import { TEXT_MAX } from "../../messenger/api.ts"
import { utf8 } from "../../shared/text.ts"
import { choiceOption } from "../arguments.ts"
import type { Call, Command } from "../command.ts"
import { contactById, findConversation, until, whyLate, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"
import type { Profile } from "../profile.ts"
import { openProfile } from "../profile.ts"

const SPREAD_WITHIN = 10_000

export const send: Command = {
  usage: "CONTACT|GROUP TEXT [--reply-to ID] [--wait queued|dropbox|received]",
  summary: "Sends a text (- reads it from the standard input), and returns when it is in the dropbox.",
  words: [2, 2],
  options: { wait: "value", "reply-to": "value" },
  async run(call) {
    const [name, word] = call.args.words as [string, string]
    const wait = choiceOption(call.args, "wait", ["queued", "dropbox", "received"]) ?? "dropbox"
    const profile = await openProfile(call.folder, call)
    const text = word === "-" ? (await readAll(process.stdin)).replace(/\n$/, "") : word
    if (text.trim() === "") throw new Failure("There is no text to send.")
    if (utf8(text).length > TEXT_MAX) throw new Failure(`The text is too long: ${TEXT_MAX} bytes of UTF-8 are the most.`)
    await withMessenger(profile, { online: true, speed: call.speed }, async (messenger) => {
      const { id, isGroup } = findConversation(await messenger.run("view", {}), name)
      if (!isGroup) await writable(messenger, id, profile, call)
      const replyTo = await answered(messenger, id, call)
      const { message } = await messenger.run("send", { conversation: id, text, ...(replyTo !== null && { replyTo }) })
      const sent = await until(messenger, call.deadline, () => arrived(messenger, message, wait))
      if (sent === null) throw await whyLate(messenger, wait === "received" ? "No confirmation came" : "The message did not reach the dropbox")
      const { state, replicas } = await spread(messenger, sent, call)
      if (call.json) call.print(jsonLine({ id: message, state, replicas }))
      else call.note(state === "dropbox" && replicas !== null ? `In the dropbox (${replicas.stored} of ${replicas.of}).` : sentences[state!])
    })
  },
}

/** Waits until the contact can be written to: they may not have answered yet, or our answer may be on its way. */
export async function writable(messenger: Messenger, id: string, profile: Profile, call: Call): Promise<void> {
  const contact = await until(messenger, call.deadline, async () => {
    const { name, state } = await contactById(messenger, id)
    if (state === "failed") throw new Failure(`"${plainName(name)}" cannot be written to: the contact code did not work.`)
    if (state === "ask" && !profile.decisions.of(id)?.letIn) throw new Failure(`"${plainName(name)}" has answered and is not let in yet: run "sotto accept".`)
    return state === "answered" || state === "ready" ? state : null
  })
  if (contact === null) throw await whyLate(messenger, "The contact code was not answered")
}

/** The message that is answered, if one is. */
async function answered(messenger: Messenger, conversation: string, call: Call): Promise<string | null> {
  const id = call.args.options.get("reply-to")
  if (id === undefined) return null
  const { message } = await messenger.run("message", { message: id })
  if (message?.conversation !== conversation) throw new Failure("There is no message of this id with this contact; \"sotto messages CONTACT --ids\" shows ids.")
  return message.id
}

const order: readonly SendState[] = ["queued", "mix", "dropbox", "received"]

async function arrived(messenger: Messenger, id: string, wanted: SendState): Promise<MessageView | null> {
  const { message } = await messenger.run("message", { message: id })
  if (message === null) throw new Failure("The message was deleted meanwhile.")
  if (message.state === "failed") throw new Failure(problems[message.problem ?? "contact-failed"])
  return order.indexOf(message.state!) >= order.indexOf(wanted) ? message : null
}

/** A message in one dropbox is on its way to the next: what ends now leaves that to the next run, so it is waited for a little. */
async function spread(messenger: Messenger, sent: MessageView, call: Call): Promise<MessageView> {
  if (sent.state !== "dropbox") return sent
  const patience = AbortSignal.any([call.deadline, AbortSignal.timeout(SPREAD_WITHIN)])
  const whole = await until(messenger, patience, async () => {
    const { message } = await messenger.run("message", { message: sent.id })
    return message === null || message.state !== "dropbox" || message.replicas?.stored === message.replicas?.of ? (message ?? sent) : null
  })
  return whole ?? (await messenger.run("message", { message: sent.id })).message ?? sent
}

export const problems: Record<SendProblem, string> = {
  expired: "The message was not confirmed in time, and has expired.",
  unreadable: "The device of the contact could not open it.",
  "too-long": "The text is too long.",
  "contact-failed": "The contact cannot be written to.",
  "no-room": "A dropbox has no room for it now, and is asked again later.",
}

const sentences: Record<SendState, string> = {
  queued: "Queued; it leaves while sotto runs.",
  mix: "On its way through the mixes.",
  dropbox: "In the dropbox.",
  received: "Received.",
  failed: "Failed.",
}
