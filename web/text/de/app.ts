import type { Texts } from "../en/index.ts"

export const version: Texts["version"] = {
  title: "Diese Version",
  number: (n) => `Sotto ${n}`,
  fingerprint: "Fingerabdruck",
  about: "Er steht für alle Dateien dieser App. Wer den Quelltext hat, kann ihn berechnen („npm run fingerprint“); sind beide gleich, ist dies die App, die alle lesen können. Eine manipulierte App könnte hier alles Mögliche zeigen: „npm run fingerprint“ mit dieser Adresse sieht sich die Dateien des Servers von außen an.",
  none: "Dieser Browser behält die App nicht: Ihre Dateien kommen bei jedem Start vom Server.",
  ready: "Eine neue Version ist bereit. Der Wechsel lädt diese Seite neu; Entwürfe bleiben erhalten.",
  readyFingerprint: "Fingerabdruck der neuen Version",
  use: "Wechseln",
  later: "Später",
  damaged: "Der Server hat Dateien geliefert, die beschädigt oder verändert sind: Es sind nicht die, die ihre Version auflistet. Nichts wurde installiert, und die vorhandene Version bleibt. Frag, wer diesen Server betreibt.",
  behind: "Ein anderer Tab hat zu einer neuen Version gewechselt. Lade auch diesen neu; Entwürfe bleiben erhalten.",
}

export const share: Texts["share"] = {
  title: "In eine Unterhaltung setzen",
  text: "Wähle eine Unterhaltung. Der Text kommt in ihr Eingabefeld, und nichts wird gesendet, bevor du es sendest.",
  what: "Was geteilt wurde",
  gone: "Hier ist nichts mehr einzusetzen. Teile es noch einmal.",
  nobody: "Es gibt noch niemanden, dem du schreiben kannst.",
  discard: "Verwerfen",
}

export const notify: Texts["notify"] = {
  title: "Benach­richti­gungen",
  modes: { none: "Keine", that: "Dass etwas kam", name: "Wer schrieb", text: "Wer was schrieb" },
  costs: {
    none: "Du siehst, was kam, wenn du nachsiehst.",
    that: "„Neue Nachricht“ und sonst nichts.",
    name: "Der Name, unter dem du die Person siehst. Das System dieses Geräts erfährt ihn.",
    text: "Name und Text. Das System dieses Geräts erfährt beides und zeigt es vielleicht auf einem Sperrbildschirm, einer Uhr oder einem anderen Gerät.",
  },
  hint: "Nur während Sotto läuft und nicht im Vordergrund ist; während es gesperrt ist, sagen sie höchstens „Neue Nachricht“. Sie kommen nie von einem Server: Das würde dem Hersteller deines Browsers verraten, wann du Nachrichten bekommst.",
  refused: "Dieser Browser lässt Sotto keine Benachrichtigungen zeigen. In seinen Einstellungen für diese Seite kannst du sie erlauben.",
  none: "Dieser Browser zeigt keine Benachrichtigungen.",
  message: "Neue Nachricht",
  counted: "Ungelesene Nachrichten am Symbol der App und im Titel des Tabs zählen",
}

export const install: Texts["install"] = {
  title: "Installieren",
  text: "Installiert hat Sotto ein eigenes Fenster und Symbol, und mehr Browser behalten, was es speichert.",
  act: "Sotto installieren",
  done: "Sotto ist hier installiert.",
  ways: {
    ios: "In Safari: „Teilen“ antippen, dann „Zum Home-Bildschirm“.",
    safari: "In Safari: „Ablage“, dann „Zum Dock hinzufügen“.",
    firefox: "In Firefox für Android: das Menü, dann „Installieren“. Am Computer kann es nicht jeder Firefox; Chrome und Edge können es.",
    other: "Vielleicht bietet es das Menü deines Browsers an.",
  },
  links: "Links, die mit web+sotto: beginnen, enthalten einen Kontaktcode. Dieser Browser kann sie mit Sotto öffnen.",
  linksAct: "Solche Links mit Sotto öffnen",
  linksDone: "Der Browser wurde gefragt. Vielleicht möchte er deine Zustimmung.",
  keep: "Dieser Browser darf löschen, was Sotto hier behält, wenn ihm der Platz ausgeht. Ihn zu bitten, es zu behalten, hilft; eine Sicherung ebenso.",
}
