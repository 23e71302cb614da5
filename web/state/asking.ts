/** A dialog about one message of the open conversation. */
import { shallowRef } from "vue"
import type { MessageView } from "../../messenger/api.ts"

export interface Asked {
  readonly dialog: "react" | "history" | "delete"
  readonly message: MessageView
}

export const asked = shallowRef<Asked | null>(null)
