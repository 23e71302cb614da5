import type { Texts } from "../en/index.ts"

export const keys: Texts["keys"] = {
  title: "Tasten",
  show: "Alle Tasten zeigen",
  or: "oder",
  goToField: "Name oder Seite",
  nowhere: "So heißt hier nichts.",
  single: "„?“ öffnet diese Liste, außerhalb von Feldern",
  caps: { Space: "Leertaste", Ctrl: "Strg", Alt: "Alt", Shift: "Umschalt", Enter: "Eingabe", Esc: "Esc", Home: "Pos1", End: "Ende", Del: "Entf" },
  groups: { everywhere: "Überall", writing: "Beim Schreiben", reading: "In den Nachrichten" },
  names: {
    help: "Diese Liste",
    goTo: "Gehe zu",
    search: "Suchen, in der offenen Unterhaltung oder überall",
    newContact: "Neuer Kontakt",
    previous: "Unterhaltung darüber",
    next: "Unterhaltung darunter",
    back: "Zurück oder schließen",
    send: "Senden",
    line: "Neue Zeile",
    editLast: "Im leeren Feld: deine letzte Nachricht bearbeiten",
    drop: "Antwort oder Änderung verwerfen",
    messages: "Von Nachricht zu Nachricht",
    details: "Weg der Nachricht",
    pick: "Nachricht auswählen",
    reply: "Auf sie antworten",
    edit: "Sie bearbeiten, wenn es deine ist",
    react: "Auf sie reagieren",
    remove: "Sie löschen",
  },
}

export const help: Texts["help"] = {
  title: "Hilfe",
  open: "Fragen und Antworten",
}
