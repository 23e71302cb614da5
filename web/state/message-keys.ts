/** What a key means while a message has the focus. */
import { letter } from "./keys.ts"

const LETTERS = { R: "reply", E: "edit" } as const

export function actionOf(event: KeyboardEvent): "reply" | "edit" | "react" | "delete" | null {
  if (event.key === "Delete") return "delete"
  if (event.key === "+") return "react"
  return LETTERS[letter(event) as keyof typeof LETTERS] ?? null
}
