import type { DamagedKind } from "../../state/damage.ts"
import type { Texts } from "../en/index.ts"
import { count, list } from "./format.ts"

export const backup: Texts["backup"] = {
  title: "Siche­rung",
  dialog: "Siche­rung anlegen",
  never: "Es gibt keine Sicherung. Kontakte, Nachrichten und Schlüssel sind nur auf diesem Gerät: Wer es verliert, verliert sie alle.",
  last: (date) => `Die letzte Sicherung ist vom ${date}.`,
  stale: (date) => `Die letzte Sicherung ist vom ${date}. Was seither kam, ist nur auf diesem Gerät.`,
  make: "Siche­rung anlegen …",
  what: "Alles, was Sotto aufhebt, kommt in eine verschlüsselte Datei: dein Profil, deine Kontakte und Nachrichten. Bewahre sie woanders auf als auf diesem Gerät.",
  passphrase: "Passphrase der Sicherung",
  passphraseHint: "Nichts sonst öffnet die Datei, und wenn du sie vergisst, kann niemand sie zurückbringen. Es darf die sein, die Sotto entsperrt.",
  begin: "Datei anlegen",
  making: "Die Datei wird angelegt. Nachrichten laufen unterdessen weiter.",
  notMade: "Die Datei konnte nicht angelegt werden. Versuche es noch einmal.",
  again: "Die Datei ist angelegt. Gib ihre Passphrase noch einmal ein: Damit wird sie geöffnet wie beim Wiederherstellen.",
  againWrong: "Damit lässt sich die Datei nicht öffnen. Gib ein, was du vorhin eingegeben hast, oder fang neu an.",
  notGood: "In der Datei steht nicht, was hineinkam; sie taugt nichts. Fang neu an.",
  open: "Öffnen",
  opening: "Die Datei wird geöffnet und bis zum Ende gelesen …",
  anew: "Neu anfangen",
  good: "Die Sicherung ist gut: Sie lässt sich öffnen, und alles, was hineinkam, ist da.",
  damaged: (n) => `${count(n, { one: "# Eintrag", other: "# Einträge" })} auf diesem Gerät ${n === 1 ? "lässt" : "lassen"} sich nicht mehr lesen und ${n === 1 ? "fehlt" : "fehlen"} darin.`,
  save: "Datei speichern",
  saved: "Die Datei ging an deinen Browser. Sieh nach, ob sie dort ist, wo du sie haben wolltest.",
  unsaved: "Die Datei ist noch nicht gespeichert: Wenn du jetzt schließt, ist sie verloren.",
  leave: "Ohne sie schließen",
  where: "Eine Sicherung auf einem anderen Datenträger oder bei jemandem, dem du vertraust, überlebt dieses Gerät.",
  whose: "Profil",
  made: "Angelegt",
  holds: "Enthält",
  size: "Größe",
  contents: (contacts, messages) => `${count(contacts, { one: "# Kontakt", other: "# Kontakte" })}, ${count(messages, { one: "# Nachricht", other: "# Nachrichten" })}`,
  due: "Es ist Zeit für eine Sicherung: Was du hier hast, ist nur auf diesem Gerät.",
  later: "Später",
}

export const restore: Texts["restore"] = {
  title: "Sicherung wieder­herstellen",
  found: "Das ist darin",
  file: "Sicherungsdatei",
  open: "Datei öffnen",
  back: "Zurück",
  other: "Andere Datei wählen",
  restore: "Wiederherstellen",
  restoring: "Die Sicherung wird wiederhergestellt. Lass diese Seite offen.",
  means: [
    "Was nach ihr kam, ist nicht darin.",
    "Unterhaltungen gehen weiter, sobald die Geräte deiner Kontakte dieses wieder hereingelassen haben. Das tun sie von selbst, wenn sie online sind; bis dahin wird nichts gesendet.",
    "Verwende sie nur auf einem Gerät. Zwei mit demselben Profil nehmen einander die Unterhaltungen weg.",
    "Von nun an entsperrt die Passphrase der Sicherung Sotto. Du kannst sie in den Einstellungen ändern.",
  ],
  madeAt: (app) => `Sie wurde angelegt auf ${app}`,
  problems: {
    wrong: "Die Passphrase ist falsch, oder der Anfang der Datei ist beschädigt. Nichts wurde geändert.",
    "not-a-backup": "Diese Datei ist keine Sicherung von Sotto.",
    damaged: "Die Datei ist beschädigt oder abgeschnitten. Wenn du eine andere Kopie hast, versuche es damit. Nichts wurde geändert.",
    newer: "Eine neuere Version von Sotto hat diese Sicherung angelegt. Lade die Seite neu, um sie zu bekommen, und versuche es dann noch einmal.",
    empty: "In dieser Sicherung ist kein Profil.",
    "other-network": "Diese Sicherung gehört zu einem anderen Netz, das von dieser Seite aus nicht zu erreichen ist. Stelle sie dort wieder her, wo sie angelegt wurde.",
    "too-large": "Dieser Browser hat nicht genug Platz für das, was in der Datei ist. Schaffe Platz und versuche es dann noch einmal.",
    failed: "Die Datei konnte nicht bis zum Ende gelesen werden. Versuche es noch einmal. Nichts wurde geändert.",
  },
}

const damagedWords: Record<DamagedKind, { one: string; other: string }> = {
  contact: { one: "# Kontakt", other: "# Kontakte" },
  conversation: { one: "# Unterhaltung", other: "# Unterhaltungen" },
  message: { one: "# Nachricht", other: "# Nachrichten" },
  draft: { one: "# Entwurf", other: "# Entwürfe" },
  other: { one: "# anderer Eintrag", other: "# andere Einträge" },
}

export const storage: Texts["storage"] = {
  title: "Was hier aufgehoben wird",
  kept: "Dieser Browser hebt auf, was hier ist, bis du es löschst.",
  notKept: "Dieser Browser löscht all das vielleicht, wenn ihm der Platz ausgeht oder Sotto einige Wochen nicht geöffnet wurde. Eine Sicherung hilft; ihn zu bitten, es aufzuheben, auch.",
  unknown: "Dieser Browser sagt nicht, ob er aufhebt, was hier ist. Vielleicht löscht er es, wenn ihm der Platz ausgeht.",
  ask: "Ums Aufheben bitten",
  refused: "Der Browser hat es nicht versprochen. Viele tun es erst, wenn Sotto installiert ist oder einige Tage benutzt wurde.",
  usage: (used, room) => `${used} belegt, Platz für ${room}`,
  damaged: (all) => {
    const single = all.length === 1 && all[0]!.count === 1
    return `${list(all.map((one) => count(one.count, damagedWords[one.kind])))} auf diesem Gerät ${single ? "lässt" : "lassen"} sich nicht mehr lesen: beschädigt vom Datenträger oder vom Browser.`
  },
  damagedAct: "Alles andere läuft weiter, und nichts wurde gelöscht. In einer früheren Sicherung ist, was fehlt: Lösche hier alles und stelle sie dann wieder her.",
}
