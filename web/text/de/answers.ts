import type { Answers } from "../en/answers.ts"

export const answers: Answers = {
  what: {
    question: "Was ist Sotto?",
    answer: [
      "Ein Messenger, der nicht nur verbirgt, was du sagst, sondern auch, zu wem. Es gibt kein Konto und keine Telefonnummer: Dein Profil entsteht auf diesem Gerät und bleibt dort.",
      "Was du schreibst, wird hier verschlüsselt, geht durch drei Server, die es mit anderen Paketen mischen, und wartet in einem Briefkasten, bis das andere Gerät es holt.",
    ],
  },
  slow: {
    question: "Warum braucht eine Nachricht Sekunden?",
    answer: [
      "Dein Gerät sendet den ganzen Tag zu zufälligen Zeitpunkten Pakete, ob du schreibst oder nicht. Eine Nachricht wartet, bis sie unter ihnen an der Reihe ist, und jeder Server hält sie einen Moment zurück. Darum verrät der Zeitpunkt eines Pakets niemandem, dass du geschrieben hast, und nicht, wem.",
      "In den Einstellungen kannst du ein schnelleres Tempo wählen. Es kostet mehr Daten.",
    ],
  },
  sees: {
    question: "Wer kann was sehen?",
    answer: [
      "Dein Internetanbieter und wer deine Leitung beobachtet: dass du Sotto benutzt, und wann. Nicht, ob du schreibst.",
      "Dein Eingangsserver, der erste Server: deine Internetadresse und dass du online bist.",
      "Die übrigen Mixe: Pakete, die von einem Server kommen und zu einem anderen gehen.",
      "Der Briefkasten: versiegelte Blöcke unter Adressen, die einmal benutzt werden, und wann sie geschrieben und gelesen werden.",
      "Die Leute, die du hereinlässt: deinen Namen, was du ihnen schreibst und wann du es geschrieben hast.",
    ],
  },
  limits: {
    question: "Wovor schützt es nicht?",
    answer: [
      "Vor Servern, die zusammenarbeiten: Gehören alle zu einem Betrieb, kann der herausfinden, mit wem du redest. Die Seite „Netz“ sagt, wenn es so ist.",
      "Vor jemandem, der monatelang beobachtet, wann du und andere online sind.",
      "Vor jemandem, der dieses Gerät benutzt, während es entsperrt ist, und vor Schadprogrammen darauf.",
      "Vor einer manipulierten Version dieser Seite: Wer den Server betreibt, kann die App verändern.",
      "Vor den Leuten, denen du schreibst. Sie können deine Nachrichten anderen zeigen und beweisen, dass sie von dir sind.",
    ],
  },
  lost: {
    question: "Ich habe meine Passphrase vergessen",
    answer: [
      "Niemand kann sie zurückbringen; kein Server kennt sie. Wenn du einen Passkey erstellt hast, öffnet auch er Sotto.",
      "Sonst lösche auf dem Sperrbildschirm alles. Stelle dann eine Sicherung wieder her, deren Passphrase du weißt, oder fang neu an und gib deinen Kontakten neue Codes.",
    ],
  },
  move: {
    question: "Wie ziehe ich auf ein anderes Gerät um?",
    answer: [
      "Lege hier in den Einstellungen eine Sicherung an, bring die Datei auf das andere Gerät und wähle dort auf dem ersten Bildschirm „Sicherung wiederherstellen“.",
      "Lösche dann hier alles. Zwei Geräte mit demselben Profil nehmen einander die Unterhaltungen weg.",
      "Die Geräte deiner Kontakte lassen das neue von selbst wieder herein, wenn sie online sind. Bis dahin wird nichts gesendet.",
    ],
  },
  delivery: {
    question: "Kommt eine Nachricht an, wenn die andere Seite offline ist?",
    answer: ["Ja. Sie wartet im Briefkasten. „Angekommen“ heißt, dass das andere Gerät sie hat, nicht, dass jemand sie gelesen hat: Lesebestätigungen gibt es nicht."],
  },
  takeBack: {
    question: "Kann ich ändern oder zurücknehmen, was ich geschrieben habe?",
    answer: [
      "Ja. Öffne eine Nachricht von dir: „Bearbeiten“ schreibt sie für alle neu, und was sie vorher sagte, steht hinter „bearbeitet“. „Löschen“ nimmt sie hier weg oder für alle.",
      "Für alle heißt, dass die anderen Geräte gebeten werden und es tun, sobald sie online sind. Wer sie gelesen, kopiert oder fotografiert hat, kann sie noch haben. Dasselbe gilt für verschwindende Nachrichten, die du auf der Seite eines Kontakts einstellst.",
      "Eine Antwort, ein Zeichen oder eine Änderung geht denselben Weg wie eine Nachricht, in Paketen, die gleich aussehen.",
    ],
  },
}
