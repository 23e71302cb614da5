import { number } from "./format.ts"
import type { Texts } from "../en/index.ts"

export const invite: Texts["invite"] = {
  title: "Meinen Code zeigen",
  intro: "Ein Code ist für eine Person und gilt einmal. Er allein öffnet nichts: Du siehst, wer geantwortet hat, bevor du jemanden hereinlässt.",
  name: "Für wen ist er?",
  nameHint: "Diesen Namen siehst nur du.",
  make: "Code erstellen",
}

export const code: Texts["code"] = {
  publishingTitle: (name) => `Ein Code für ${name} entsteht`,
  publishing: "Deine Einladung ist auf dem Weg in einen Briefkasten. Der Code erscheint hier, sobald er benutzt werden kann.",
  waitingTitle: (name) => `Ein Code für ${name}`,
  waiting: "Lass ihn scannen oder schicke ihn auf einem Weg, dem du vertraust. Er gilt einmal.",
  text: "Kontaktcode",
  qr: "Kontaktcode als QR-Code",
  copyCode: "Code kopieren",
  copyLink: "Link kopieren",
  shareText: "Mein Kontaktcode für Sotto",
  cancel: "Diesen Code zurückziehen",
  cancelTitle: "Diesen Code zurückziehen?",
  cancelText: "Wer ihn hat, kann nicht mehr darauf antworten.",
  steps: { publishing: "In einen Briefkasten", waiting: "Antwort kommt", ask: "Du lässt herein", ready: "Bereit" },
  about: (time) => `etwa ${time}`,
  waitingFor: "wird erwartet",
}

export const add: Texts["add"] = {
  title: "Code eingeben oder scannen",
  field: "Kontaktcode oder Link",
  fieldHint: "64 Buchstaben und Ziffern in vier Zeilen. Leerzeichen, Striche und Kleinbuchstaben spielen keine Rolle.",
  progress: (n, all) => `${n} von ${all}`,
  preview: "Was bisher gelesen wurde",
  line: (n) => `Zeile ${n}`,
  scan: "Mit der Kamera scannen",
  image: "Aus einem Bild",
  paste: "Einfügen",
  unpasted: "Der Browser hat das Lesen nicht erlaubt. Füge es im Feld ein, mit der Tastatur oder mit einer langen Berührung.",
  name: "Name",
  nameHint: "Diesen Namen siehst nur du.",
  submit: "Kontakt hinzufügen",
  good: "Dieser Code ist vollständig.",
  problems: {
    "too-short": (have) => `Das ist nur ein Teil eines Codes: ${number(have)} von 64 Buchstaben und Ziffern. Kopiere alle vier Zeilen oder den ganzen Link.`,
    "too-long": () => "Das ist mehr als ein Code. Lass nur seine 64 Buchstaben und Ziffern stehen.",
    "not-a-code": () => "Das ist kein Kontaktcode. Er besteht nur aus Buchstaben und Ziffern oder ist ein Link zu dieser App.",
    typo: (line) => `In Zeile ${line} ist ein Tippfehler. Vergleiche diese Zeile noch einmal.`,
    version: () => "Diesen Code hat eine neuere Version von Sotto erstellt. Aktualisiere diese App und gib ihn dann noch einmal ein.",
    "other-network": () => "Dieser Code gehört zu einem anderen Netz. Du erreichst nur Leute in dem Netz, zu dem diese App gehört.",
    own: () => "Das ist einer deiner eigenen Codes. Gib ihn der anderen Person; sie gibt ihn ein.",
    known: () => "Diesen Code hast du schon einmal eingegeben.",
  },
  open: (name) => `${name} öffnen`,
  failed: "Der Kontakt konnte nicht hinzugefügt werden. Versuche es noch einmal.",
  reading: {
    title: (name) => `${name} wird hinzugefügt`,
    reading: "Die Einladung hinter dem Code wird geholt",
    answering: "Deine Antwort kommt in einen Briefkasten",
    answered: "Deine Antwort wird gesehen, und du wirst hereingelassen",
    stop: "Abbrechen und vergessen",
  },
}

export const scan: Texts["scan"] = {
  title: "Code scannen",
  hint: "Halte den Code ins Bild.",
  starting: "Die Kamera startet …",
  denied: "Die Kamera ist für diese Seite nicht erlaubt. Erlaube sie in den Einstellungen des Browsers oder nimm ein Bild oder den Text.",
  missing: "Es wurde keine Kamera gefunden. Nimm ein Bild oder den Text.",
  noCode: "In diesem Bild wurde kein Code gefunden. Nimm eines, das scharf ist und den ganzen Code zeigt.",
  video: "Bild der Kamera",
}

export const contactProblems: Texts["contactProblems"] = {
  used: "Dieser Code wurde schon benutzt. Bitte um einen neuen.",
  "not-found": "Hinter diesem Code wurde keine Einladung gefunden. Vielleicht wurde er zurückgezogen; bitte um einen neuen.",
  "not-genuine": "Was hinter diesem Code lag, gehört nicht zu ihm. Vielleicht hat sich jemand daran zu schaffen gemacht: Bitte auf einem anderen Weg um einen neuen.",
  expired: "Dieser Code ist zu alt. Bitte um einen neuen.",
  clock: "Was hinter diesem Code liegt, gilt noch nicht: Die Uhr dieses Geräts oder die am anderen Ende geht falsch. Stellt sie richtig, und bitte dann um einen neuen Code.",
}

export const ask: Texts["ask"] = {
  title: (name) => `${name} hat auf deinen Code geantwortet`,
  meant: (name) => `Du hast ihn für ${name} erstellt.`,
  question: "Wie kam der Code dorthin?",
  met: "Wir haben uns getroffen",
  metHint: "Er wurde von deinem Bildschirm gescannt, oder du hast zugesehen, wie er eingegeben wurde.",
  link: "Nur ein Link",
  linkHint: "Er ging per Mail, Chat oder auf Papier. Jemand unterwegs könnte an Stelle der Person geantwortet haben: Vergleicht später die Sicherheitsnummern.",
  name: "Name",
  accept: "Hereinlassen",
  decline: "Ablehnen",
  declineTitle: "Diese Antwort ablehnen?",
  declineText: "Sie wird zusammen mit dem Code vergessen. Die andere Seite erfährt es nicht.",
}

export const states: Texts["states"] = {
  publishing: "Der Code entsteht",
  waiting: "Wartet auf eine Antwort",
  ask: "Hat geantwortet",
  reading: "Einladung wird geholt",
  answering: "Antwort wird hinterlegt",
  answered: "Muss dich noch hereinlassen",
  ready: "Bereit",
  failed: "Nicht hinzugefügt",
}
