import type { Texts } from "../en/index.ts"
import { count } from "./format.ts"

export const welcome: Texts["welcome"] = {
  points: [
    "Drei Server mischen jede Nachricht mit anderen. Keiner davon erfährt, wer mit wem redet.",
    "Darum braucht eine Nachricht einige Sekunden. Das ist der Schutz.",
    "Keine Telefonnummer, kein Konto: Alles, was du hast, ist nur auf diesem Gerät.",
  ],
  name: "Dein Name",
  nameHint: "Ihn sehen die Leute, die du hereinlässt.",
  start: "Los geht’s",
  restore: "Sicherung wieder­herstellen",
  lost: "In diesem Browser gab es ein Profil, und es ist weg: Der Browser hat es gelöscht, um Platz zu schaffen oder weil seine Dateien beschädigt waren. Eine Sicherung bringt es zurück. Ohne sie kannst du nur neu anfangen.",
  withCode: "Du hast den Kontaktcode von jemandem geöffnet. Wähle erst deinen Namen; der Code bleibt erhalten.",
  failed: "Dein Profil konnte nicht angelegt werden. Versuche es noch einmal.",
}

export const lock: Texts["lock"] = {
  title: "Sperre",
  open: "Es ist keine Passphrase gesetzt: Wer diesen Browser benutzen kann, kann lesen, was Sotto auf diesem Gerät aufhebt.",
  passphrase: "Passphrase",
  current: "Bisherige Passphrase",
  fresh: "Neue Passphrase",
  hint: "Sie verschließt, was dieses Gerät aufhebt. Wenn du sie vergisst, kann niemand sie zurückbringen.",
  optional: "Passphrase (geht auch später)",
  optionalHint: "Ohne sie kann mitlesen, wer diesen Browser benutzen kann. Niemand kann sie zurückbringen.",
  strength: ["Die ist leicht zu erraten.", "Die ist mittelmäßig.", "Die ist gut.", "Die ist stark."],
  set: "Passphrase setzen",
  change: "Passphrase ändern",
  done: "Die Passphrase ist gesetzt.",
  wrong: "Das ist nicht die bisherige Passphrase. Nichts wurde geändert.",
  shut: "Das ist nicht die Passphrase.",
  after: "Von selbst sperren",
  minutes: (n) => (n === 0 ? "Nie" : `Nach ${count(n, { one: "# Minute", other: "# Minuten" })}`),
  onHide: "Sperren, wenn dieser Tab verlassen wird",
  now: "Jetzt sperren",
  locked: "Gesperrt",
  ticking: "Pakete gehen hinaus wie immer, und Nachrichten kommen hinter der Sperre an.",
  resting: "Bis du entsperrst, wird nichts gesendet und nichts empfangen.",
  unlock: "Entsperren",
  opening: "Wird entsperrt …",
}

export const passkey: Texts["passkey"] = {
  add: "Mit einem Passkey entsperren …",
  title: "Mit einem Passkey ent­sperren",
  text: "Dann öffnet auch die Bildschirmsperre dieses Geräts oder ein Sicherheitsschlüssel Sotto. Die Passphrase bleibt der andere Weg hinein. Liegen deine Passkeys in einem Konto, kann öffnen, wer in dieses Konto gelangt und dieses Gerät hat.",
  make: "Passkey erstellen",
  making: "Wartet auf dein Gerät …",
  added: "Ein Passkey entsperrt Sotto auf diesem Gerät, neben der Passphrase.",
  remove: "Passkey entfernen",
  removed: "Der Passkey öffnet hier nichts mehr. Du kannst ihn dort löschen, wo deine Passkeys liegen.",
  unlock: "Mit Passkey ent­sperren",
  wrong: "Dieser Passkey öffnet das hier nicht. Nimm die Passphrase.",
  problems: {
    refused: "Es wurde kein Passkey erstellt: Es wurde abgebrochen oder dauerte zu lange.",
    unfit: "Dieser Passkey kann keinen Schlüssel für Sotto aufheben. Ein anderer vielleicht: ein neuerer Sicherheitsschlüssel oder die Bildschirmsperre dieses Geräts.",
    unanswered: "Der Passkey hat nicht geantwortet. Versuche es noch einmal oder nimm die Passphrase.",
  },
}
