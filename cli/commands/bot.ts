import type { Messenger, MessengerView } from "../../messenger/api.ts"
import type { Call, Command } from "../command.ts"
import { freshName, isFinished, until, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import type { Profile } from "../profile.ts"
import { openProfile } from "../profile.ts"
import { makeProfile } from "./init.ts"

/** Codes that are kept stored and ready to be given away. */
const POOL = 4
const HOUR = 3_600_000
/** A code that was given away and not used is taken back after this, and a guest who says nothing is forgotten. */
const UNUSED = 24 * HOUR
const SILENT = 30 * 24 * HOUR

export const bot: Command = {
  usage: "echo [--network URL --name NAME]",
  summary: "Lets in whoever answers its codes and says back what they say. Prints each code once it can be given away; makes its profile if there is none.",
  words: [1, 1],
  options: { network: "value", name: "value" },
  async run(call) {
    if (call.args.words[0] !== "echo") throw new Failure("There is one bot: sotto bot echo.")
    const profile = await openProfile(call.folder, { ...call, make: call.args.options.has("network") })
    const address = call.args.options.get("network")
    if (address !== undefined && !(await isFinished(profile))) await makeProfile(profile, address, call)
    await withMessenger(profile, { online: true, speed: call.speed }, (messenger) => echo(messenger, profile, call))
  },
}

/**
 * Started by the app's server, the bot gives one code for each message "code" from it, `{ code: string | null }`;
 * started by a person it prints each code on a line. Ends with the process that started it, or when it is interrupted.
 */
async function echo(messenger: Messenger, profile: Profile, call: Call): Promise<void> {
  const orphaned = new AbortController()
  if (process.send) {
    process.on("disconnect", () => orphaned.abort())
    // Who started it may have ended before it came to listen for that.
    if (!process.connected) orphaned.abort()
    process.on("message", (message) => {
      if (message === "code") void giveCode(messenger, profile).then((code) => process.connected && process.send!({ code }))
    })
  }
  const printed = new Set<string>()
  let swept = 0
  await until(messenger, AbortSignal.any([call.interrupted, orphaned.signal]), async () => {
    await answerAll(messenger)
    if (Date.now() - swept > HOUR) {
      swept = Date.now()
      await forgetSilent(messenger, profile)
    }
    await fillPool(messenger, profile)
    if (!process.send) await printCodes(messenger, printed, call)
    return null
  })
}

async function answerAll(messenger: Messenger): Promise<void> {
  for (;;) {
    const { messages } = await messenger.run("unread", { limit: 50 })
    if (messages.length === 0) return
    for (const { conversation, position, text } of messages) {
      // A line, or what its author has deleted, says nothing that could be answered.
      if (text.trim() !== "") await messenger.run("send", { conversation, text })
      await messenger.run("mark-read", { conversation, position })
    }
  }
}

/** Codes that are given on demand are kept ready; printed ones lie about until they are used, and only then follow others. */
async function fillPool(messenger: Messenger, profile: Profile): Promise<void> {
  const view = await messenger.run("view", {})
  const ready = process.send ? unused(view).filter(({ id }) => !profile.decisions.given.has(id)) : unused(view)
  for (let missing = POOL - ready.length; missing > 0; missing--) {
    const { contact } = await messenger.run("invite", { name: freshName(await messenger.run("view", {}), undefined) })
    await profile.decisions.decide(contact, { letIn: true, takeName: true })
  }
}

/** Contacts whose code nobody has used. */
function unused(view: MessengerView) {
  return view.contacts.filter(({ state }) => state === "publishing" || state === "waiting")
}

/** A code that can be used at once, given to nobody before and after; null while none is ready. */
async function giveCode(messenger: Messenger, profile: Profile): Promise<string | null> {
  const view = await messenger.run("view", {})
  const given = profile.decisions.given
  const contact = unused(view).find(({ id, code }) => code !== null && !given.has(id))
  if (!contact) return null
  // Noted before it leaves: a code that was given twice would disappoint the second guest.
  await profile.decisions.give(contact.id, Date.now())
  return contact.code
}

async function printCodes(messenger: Messenger, printed: Set<string>, call: Call): Promise<void> {
  for (const { id, code } of unused(await messenger.run("view", {}))) {
    if (code === null || printed.has(id)) continue
    printed.add(id)
    call.print(code)
  }
}

async function forgetSilent(messenger: Messenger, profile: Profile): Promise<void> {
  const view = await messenger.run("view", {})
  const given = profile.decisions.given
  const now = Date.now()
  for (const { id, state, created } of view.contacts) {
    const last = view.conversations.find(({ contact }) => contact === id)?.last
    const since = now - (given.get(id) ?? created)
    const lapsed = state === "waiting" && given.has(id) && since > UNUSED
    const silent = state === "ready" && now - Math.max(created, last?.sent ?? 0) > SILENT
    if (!lapsed && !silent && state !== "failed") continue
    await messenger.run("remove", { contact: id })
    await profile.decisions.forget(id)
  }
}
