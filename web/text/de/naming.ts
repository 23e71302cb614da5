import type { Texts } from "../en/index.ts"
import { count } from "./format.ts"

export const naming: Texts["naming"] = {
  found: (n) => (n === 0 ? "Niemand hier heißt so." : count(n, { one: "# Person. Die Eingabetaste nennt sie.", other: "# Personen. Auf und ab wählt, die Eingabetaste nennt." })),
  unread: "Nennt dich",
  told: "Mir trotzdem sagen, wenn mich jemand mit @ nennt",
  muteText: "Keine Mitteilungen und keine Zählung. Wer dich mit @ nennt, erreicht dich trotzdem, wenn du nicht auch das abschaltest. Niemand erfährt davon.",
}
