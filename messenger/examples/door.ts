import type { ContactView, Messenger } from "@sotto/messenger"

/** What goes on until it is stopped. */
export interface Bot {
  stop(): Promise<void>
}

const isUnused = ({ state }: ContactView) => state === "publishing" || state === "waiting"

/** Lets in whoever answers a code, keeps one code for the next, and tells each code once it can be given away. */
export function openDoor(messenger: Messenger, tell: (code: string) => void): Bot {
  const told = new Set<string>()
  return repeat(messenger, async () => {
    const { contacts } = await messenger.run("view", {})
    for (const { id, state, code } of contacts) {
      if (state === "ask") await messenger.run("accept", { contact: id, trust: "link" })
      if (code === null || state !== "waiting" || told.has(id)) continue
      told.add(id)
      tell(code)
    }
    if (!contacts.some(isUnused)) await messenger.run("invite", { name: "" })
  })
}

/** Takes a step now and after whatever changes, one after the other, however many events come meanwhile. */
export function repeat(messenger: Messenger, step: () => Promise<void>): Bot {
  let isWaiting = false
  let last: Promise<void> = Promise.resolve()
  const next = () => {
    if (isWaiting) return
    isWaiting = true
    last = last.then(() => {
      isWaiting = false
      return step()
    })
  }
  next()
  const unsubscribe = messenger.subscribe(({ type }) => {
    if (type === "contact" || type === "message") next()
  })
  return {
    stop: () => {
      unsubscribe()
      return last
    },
  }
}
