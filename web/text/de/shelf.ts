import type { Texts } from "../en/index.ts"
import { count } from "./format.ts"

const howMany = (n: number) => count(n, { one: "# Datei", other: "# Dateien" })
const soFar = (more: boolean) => (more ? " bisher" : "")

export const shelf: Texts["shelf"] = {
  title: "Medien, Links und Dateien",
  filter: "Wonach gesucht wird",
  kinds: { all: "Alles", media: "Medien", links: "Links", files: "Dateien" },
  found: {
    media: (n, more) => count(n, { one: "# Bild oder Video", other: "# Bilder und Videos" }) + soFar(more),
    links: (n, more) => count(n, { one: "# Nachricht mit Links", other: "# Nachrichten mit Links" }) + soFar(more),
    files: (n, more) => howMany(n) + soFar(more),
  },
  none: { media: "Hier gibt es keine Bilder oder Videos.", links: "Hier gibt es keine Links.", files: "Hier gibt es keine Dateien oder Sprachnachrichten." },
  deleted: "Von diesem Gerät gelöscht.",
  ownDeleted: "Von diesem Gerät gelöscht. Sie kann nicht noch einmal gesendet werden.",
  storage: "Dateien auf diesem Gerät",
  takes: (n, size) => `${howMany(n)}, zusammen ${size}`,
  each: (n, size) => `${howMany(n)}, ${size}`,
  nothing: "Auf diesem Gerät gibt es keine Dateien.",
  of: "Aus welcher Unterhaltung",
  everywhere: "Alle Unterhaltungen",
  order: "Reihenfolge",
  orders: { latest: "Neueste zuerst", largest: "Größte zuerst" },
  list: "Dateien",
  go: "Zur Nachricht",
  pick: (what) => `Auswählen: ${what}`,
  deleteSome: (n) => `${howMany(n)} löschen`,
  deleteTitle: (n) => `${howMany(n)} von diesem Gerät löschen?`,
  deleteText: "Ihre Nachrichten bleiben. Was andere geschickt haben, lässt sich wieder holen, solange es in den Briefkästen liegt, und danach lässt sich darum bitten. Deine eigenen Dateien bekommt niemand mehr von dir, und was nur hier liegt, ist fort.",
  notDeleted: "Einige ließen sich gerade nicht löschen: Sie sind unterwegs.",
  forwardFiles: "Text und Dateien gehen als Nachrichten von dir weiter, jede Datei neu versiegelt und von diesem Gerät gesendet. Nichts sagt, von wem sie kamen.",
  forwardCost: (packets, time) => `${count(packets, { one: "# Paket", other: "# Pakete" })}, bei diesem Tempo etwa ${time}`,
  forwardAbsent: (n) => count(n, { one: "# Datei ist nicht auf diesem Gerät und kann nicht weitergegeben werden. Hol sie zuerst.", other: "# Dateien sind nicht auf diesem Gerät und können nicht weitergegeben werden. Hol sie zuerst." }),
  shareText: "Wähle eine Unterhaltung. Du siehst, was geht und was es kostet, und nichts wird gesendet, bevor du es sendest.",
  backedUp: (n, size) => `${howMany(n)} (${size})`,
  backup: "Dateien sind darin, wie sie hier sind. Was hier fehlt, kannst du holen oder erbitten, sobald deine Kontakte das Gerät aufgenommen haben.",
}
