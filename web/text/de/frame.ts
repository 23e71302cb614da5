import type { Texts } from "../en/index.ts"
import { count, number } from "./format.ts"

export const common: Texts["common"] = {
  back: "Zurück",
  close: "Schließen",
  cancel: "Abbrechen",
  save: "Speichern",
  copy: "Kopieren",
  copied: "Kopiert",
  share: "Teilen",
  remove: "Entfernen",
  you: "Du",
  loading: "Wird geladen",
  reload: "Neu laden",
  details: "Einzelheiten für eine Meldung",
}

export const engine: Texts["engine"] = {
  starting: "Startet",
  elsewhereTitle: "Sotto ist in einem anderen Tab offen",
  elsewhere: "Nur ein Tab kann es ausführen: Zwei gäben zwei Nachrichten dieselbe Adresse. Dieser macht von selbst weiter, wenn der andere geschlossen wird.",
  takeOver: "Hier verwenden",
  failedTitle: "Sotto kann nicht starten",
  problems: {
    "first-start-offline": "Der erste Start braucht den Server, von dem diese Seite kam, und der antwortet nicht. Er wird alle paar Sekunden wieder gefragt.",
    "bad-description": "Der Server, von dem diese Seite kam, sagt nicht, zu welchem Netz sie gehört. Wer ihn betreibt, muss nach /network.json sehen. Er wird alle paar Sekunden wieder gefragt.",
    storage: "Dieser Browser lässt Sotto nichts aufheben. Verlasse das private Fenster, schaffe Platz oder erlaube dieser Seite, Daten zu speichern, und lade dann neu.",
    full: "Auf diesem Gerät ist kein Platz mehr, darum hat Sotto angehalten. Was gerade lief, ist nicht geschehen; von dem, was gespeichert war, fehlt nichts. Schaffe Platz und lade dann neu.",
    damaged: "Was Sotto auf diesem Gerät aufhebt, ist beschädigt und lässt sich nicht öffnen. Nichts wurde gelöscht. Vielleicht hilft es, neu zu laden; wenn nicht, lösche alles und stelle eine Sicherung wieder her, oder fang neu an.",
    newer: "Hier lief schon eine neuere Version von Sotto. Lade neu, um sie zu bekommen; was gespeichert ist, bleibt unberührt.",
    browser: "Dieser Browser ist zu alt: Ihm fehlen Web Locks oder IndexedDB. Chrome, Edge, Firefox oder Safari aus den letzten zwei Jahren genügen.",
    broken: "In Sotto selbst ist etwas schiefgegangen. Was du geschrieben hast, ist noch gespeichert. Lade neu, um wieder zu starten.",
  },
  trouble: "In Sotto selbst ist etwas schiefgegangen. Es läuft weiter, aber neu zu laden ist sicherer.",
}

export const banners: Texts["banners"] = {
  offline: "Du bist offline. Du kannst lesen und schreiben; was du schreibst, geht hinaus, sobald es ein Netz gibt.",
  connecting: "Verbindet sich mit deinem Eingangsserver …",
  clockOff: (minutes, ahead) =>
    `Die Uhr dieses Geräts geht ${count(minutes, { one: "# Minute", other: "# Minuten" })} ${ahead ? "vor" : "nach"}. Stelle sie richtig: Ab zehn Minuten Abweichung kommen Nachrichten vielleicht nicht an.`,
  otherNetwork: "Der Server dieser Seite gehört jetzt zu einem anderen Netz. Deine Kontakte leben im alten, und von hier ist niemand mehr zu erreichen.",
  otherNetworkAct: "Neu anfangen …",
  damageAct: "Was tun",
}

export const list: Texts["list"] = {
  title: "Unterhaltungen",
  pending: "Unterwegs",
  newContact: "Neuer Kontakt",
  network: (state) => `Netz: ${state}`,
  settings: "Einstellungen",
  link: { offline: "Offline", connecting: "Verbindet sich", online: "Verbunden", behind: "Holt auf" },
  soFar: (n) => `Holt auf: ${number(n)}`,
  unread: (n) => count(n, { one: "# neue Nachricht", other: "# neue Nachrichten" }),
  draft: "Entwurf:",
  own: "Du:",
  nothing: "Noch keine Nachrichten",
  blocked: "Blockiert",
}

export const empty: Texts["empty"] = {
  title: "Noch niemand da",
  text: "Um zu reden, zeigt jemand von euch einen Kontaktcode, und wer ihn bekommt, gibt ihn ein. Jeder Code gilt einmal.",
  show: "Meinen Code zeigen",
  showHint: "Als Bild, Text oder Link, für eine Person",
  enter: "Code ein­geben oder scannen",
  enterHint: "Den dir jemand gegeben hat",
  echo: "Echo be­grüßen",
  echoHint: "Ein Bot dieses Netzes, der zurückschickt, was du schreibst",
  echoName: "Echo",
  echoFailed: "Der Code von Echo war nicht zu bekommen. Versuche es gleich noch einmal.",
  choose: "Wähle eine Unterhaltung",
  chooseText: "Oder lass es einfach offen: Deine Pakete gehen im Takt hinaus, ob du schreibst oder nicht.",
}
