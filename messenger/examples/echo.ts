import type { Messenger } from "@sotto/messenger"
import type { Bot } from "./door.ts"
import { repeat } from "./door.ts"

/**
 * Says back what contacts write. All that it must know is in the messenger: started again, it goes on with what is unread. Where a
 * crash comes between an answer and its mark, that one answer is given twice.
 */
export function echo(messenger: Messenger): Bot {
  return repeat(messenger, async () => {
    for (;;) {
      const { messages } = await messenger.run("unread", { limit: 50 })
      if (messages.length === 0) return
      for (const { conversation, position, text } of messages) {
        await messenger.run("send", { conversation, text })
        await messenger.run("mark-read", { conversation, position })
      }
    }
  })
}
