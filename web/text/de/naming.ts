import type { Texts } from "../en/index.ts"
import { count } from "./format.ts"

export const naming: Texts["naming"] = {
  found: (n) => (n === 0 ? "Niemand hier heißt so." : count(n, { one: "# Person. Die Eingabetaste nennt sie.", other: "# Personen. Auf und ab wählt, die Eingabetaste nennt." })),
  unread: "Nennt dich",
  told: "Mir trotzdem sagen, wenn mich jemand mit @ nennt",
  muteText: "Keine Mitteilungen und keine Zählung. Wer dich mit @ nennt, erreicht dich trotzdem, wenn du nicht auch das abschaltest. Niemand erfährt davon.",
  picture: "Bild der Gruppe",
  choosePicture: "Bild wählen",
  otherPicture: "Anderes Bild",
  dropPicture: "Ohne Bild",
  pictureText: "Es wird auf diesem Gerät klein und quadratisch gezeichnet, ohne das, was die Kamera in die Datei geschrieben hat. Alle in der Gruppe sehen es.",
  noPicture: "Das lässt sich nicht als Bild lesen.",
  pictured: (by) => `${by} hat der Gruppe ein anderes Bild gegeben.`,
  picturedOwn: "Du hast der Gruppe ein anderes Bild gegeben.",
  unpictured: (by) => `${by} hat das Bild der Gruppe entfernt.`,
  unpicturedOwn: "Du hast das Bild der Gruppe entfernt.",
}
