import type { Texts } from "../en/index.ts"
import { count } from "./format.ts"

export const contact: Texts["contact"] = {
  title: "Kontakt",
  name: "Name",
  nameHint: "Diesen Namen siehst nur du.",
  theirName: (name) => `Nennt sich ${name}`,
  trustTitle: "Wie sicher du bist",
  trust: { met: "Persönlich getroffen", compared: "Sicherheitsnummer verglichen", introduced: "Vorgestellt", link: "Nur ein Link", changed: "Schlüssel gewechselt" },
  trustText: {
    met: "Der Code ging von Bildschirm zu Bildschirm.",
    compared: "Ihr habt die Sicherheits­nummer miteinander verglichen.",
    introduced: "Jemand, den du kennst, hat euch einander vorgestellt.",
    link: "Der Code ging über einen Weg, in den du nicht hineinsiehst. Vergleicht die Sicherheitsnummer, um sicher zu sein.",
    changed: "Der Schlüssel ist ein anderer als vorher. Vergleicht die Sicherheitsnummer, um sicher zu sein, dass es der richtige ist.",
  },
  safety: "Sicherheits­nummer",
  safetyText: "Lest sie einander vor, am Telefon oder nebeneinander. Sind alle zwölf Gruppen gleich, ist niemand dazwischen.",
  safetyMissing: "Die Sicherheitsnummer erscheint, wenn ihr beide den Schlüssel des anderen kennt.",
  matches: "Sie stimmt überein",
  compared: "Du hast diese Nummer verglichen.",
  block: "Blockieren",
  blockText: (name) => `Was ${name} von nun an sendet, wird ungesehen verworfen. Die andere Seite erfährt es nicht.`,
  unblock: "Nicht mehr blockieren",
  blocked: "Blockiert. Was von dort kommt, wird ungesehen verworfen.",
  removeTitle: (name) => `${name} ent­fernen?`,
  removeText: "Der Kontakt, die Unterhaltung und ihre Schlüssel werden von diesem Gerät gelöscht. Das lässt sich nicht rückgängig machen.",
  removeContact: "Kontakt entfernen",
  failedTitle: (name) => `${name} konnte nicht hinzugefügt werden`,
  forget: "Diesen Kontakt vergessen",
  tryAgain: "Anderen Code ein­geben",
  write: "Nachricht schreiben",
  since: (date) => `Kontakt seit ${date}`,
  gone: "Diesen Kontakt gibt es hier nicht mehr.",
}

export const safety: Texts["safety"] = {
  open: "Mit QR-Code ver­gleichen",
  how: (name) => `Ihr öffnet beide diese Seite, und einer scannt den Code des anderen. Oder lest euch die Ziffern vor, am Telefon oder nebeneinander. Sind sie gleich, steht niemand zwischen dir und ${name}.`,
  qr: "Sicherheits­nummer als QR-Code",
  scan: "Code scannen",
  same: (name) => `Gleich. Du und ${name} habt die richtigen Schlüssel, und der Vergleich ist vermerkt.`,
  other: (name) => `Das ist NICHT gleich. Du und ${name} habt nicht die Schlüssel voneinander: Vielleicht steht jemand zwischen euch. Schreib nichts Wichtiges und sagt es einander auf einem anderen Weg.`,
  noNumber: "Das ist nicht der Code einer Sicherheitsnummer. Auf der anderen Seite steht er auf der Seite des Kontakts, unter Sicherheitsnummer.",
  changed: (name) => `Das ist die Nummer mit dem neuen Schlüssel von ${name}. Stimmt sie überein, ist der neue Schlüssel echt.`,
  unmark: "Doch nicht verglichen",
  why: "Der Code auf dem Bildschirm enthält mehr als die Ziffern. Beides ist nicht geheim, und wer es sieht, kann nichts lesen.",
}

export const identity: Texts["identity"] = {
  title: (name) => `${name} hat einen anderen Schlüssel`,
  signed: (name) =>
    `${name} sagt das mit dem Schlüssel, den du kennst. Trotzdem könnte es jemand sein, der diesen Schlüssel gestohlen hat: Vergleicht die neue Sicherheitsnummer, auf einem anderen Weg. Bis du entschieden hast, wird nichts gesendet und nichts gezeigt, was kommt.`,
  unsigned: (name) =>
    `Jemand mit einem anderen Schlüssel steht an der Stelle von ${name} und hat nicht bewiesen, wer das ist. Frage ${name} auf einem anderen Weg. Bis du entschieden hast, wird nichts gesendet und nichts gezeigt, was kommt.`,
  number: "Die neue Sicherheits­nummer",
  compared: "Sie stimmt überein",
  accept: "Ohne Vergleich weiter",
  first: "Entscheide erst über den neuen Schlüssel. Was du geschrieben hast, wartet.",
}

export const quarantine: Texts["quarantine"] = {
  title: "Was draußen blieb",
  text: "Es kam von deinen Kontakten und wurde nicht hereingelassen. Von seinem Inhalt wird nichts aufgehoben.",
  nothing: "Nichts blieb draußen.",
  reasons: {
    blocked: "eine Nachricht, während der Kontakt blockiert war",
    unsealed: "etwas, das sich mit dem Schlüssel des Kontakts nicht öffnen lässt",
    malformed: "etwas Missgestaltetes",
    unreadable: "eine Nachricht, die sich nicht öffnen lässt",
    replayed: "eine Nachricht, die schon einmal gesendet wurde",
    foreign: "eine Nachricht eines anderen Geräts",
    duplicate: "eine Nachricht, die schon da war",
    lying: "eine Quittung für etwas, das nie gesendet wurde",
    stranger: "ein Gerät von jemand anderem",
    unfit: "eine Änderung an etwas, das sie nicht ändern dürfen",
    revoked: "etwas von einem Gerät, das nicht mehr dazugehört",
    flood: "mehr, als auf einmal genommen wird: langsam gelesen",
  },
  times: (n, date) => `${count(n, { one: "#-mal", other: "#-mal" })}, zuletzt am ${date}`,
  clear: "Liste leeren",
}
