import type { Texts } from "../en/index.ts"
import { count, number } from "./format.ts"

export const network: Texts["network"] = {
  title: "Netz",
  live: "Jetzt",
  linkText: {
    offline: "Kein Netz. Der Takt wartet.",
    connecting: "Dein Eingangsserver wird gesucht.",
    behind: "Verbunden; es wird nachgesehen, was seit dem letzten Mal kam.",
    online: "Verbunden. Pakete gehen im Takt hinaus, ob du schreibst oder nicht.",
  },
  map: "Deine letzten Pakete",
  mapText: (n) => `Bild des Netzes: drei Schichten von Mixen und die Briefkästen, mit ${n === 1 ? "dem Weg" : "den Wegen"} ${count(n, { one: "deines letzten Pakets", other: "deiner letzten # Pakete" })}.`,
  you: "Du",
  layer: (n) => `Schicht ${number(n)}`,
  dropboxes: "Briefkästen",
  sent: "Gesendete Pakete",
  cover: "davon zur Tarnung",
  coverText: "Tarnpakete sagen nichts. Von außen sehen sie aus wie alle anderen.",
  replies: "Antworten",
  lost: "Verloren",
  roundTrip: "Hin und zurück",
  noRoundTrip: "noch nicht gemessen",
  gateway: "Dein Eingangsserver",
  noGateway: "noch keiner",
  gatewayText: "Der eine Server, der deine Internetadresse sieht. Er sieht, wann du online bist, und sonst nichts.",
  recent: "Die letzten Pakete, in Worten",
  carried: { cover: "Tarnung", read: "Frage an einen Briefkasten", write: "Etwas zu sagen" },
  road: (stops) => `über ${stops}`,
  answered: (time) => `zurück nach ${time}`,
  unanswered: "unterwegs",
  none: "Noch kein Paket ging hinaus.",
  speed: "Tempo",
  speeds: { fast: "Schnell", balanced: "Ausgewogen", saver: "Sparsam" },
  speedText: {
    fast: `ein Paket pro Sekunde, ${number(32)} MB pro Stunde`,
    balanced: `alle ${number(3)} Sekunden ein Paket, ${number(10.7)} MB pro Stunde`,
    saver: `alle ${number(15)} Sekunden ein Paket, ${number(2.1)} MB pro Stunde`,
  },
  speedHint: "Im Durchschnitt, ob du schreibst oder nicht. Schneller heißt, dass Nachrichten weniger lang warten, bis sie an der Reihe sind.",
  nodes: "Die Server",
  operator: (name) => `betrieben von ${name}`,
  yours: "dein Eingangsserver",
  warnings: {
    "one-operator": "Alle Server dieses Netzes gehören zu einem Betrieb. Vor ihm schützt dich nichts: Was du sagst, bleibt geheim, aber nicht, mit wem du redest.",
    "one-provider": "Alle Server dieses Netzes stehen bei einem Anbieter, und der könnte sehen, mit wem du redest. Was du sagst, bleibt geheim.",
    "many-losses": "Mehr als die Hälfte aller Pakete geht verloren. Das kann eine Störung sein oder ein Angriff: Wer die Pakete aller anderen zurückhält, könnte deinen folgen. Was du sagst, bleibt geheim.",
    "two-directories": "Die Verzeichnisstellen dieses Netzes haben für dieselbe Zeit zwei verschiedene Serverlisten unterschrieben: Jemandem wird ein anderes Netz gezeigt als den übrigen. Frage bei denen nach, die es betreiben, bevor du weitermachst.",
  },
  id: "Kennung des Netzes",
  epoch: "Verzeichnis",
}

export const reads: Texts["reads"] = {
  title: "Wie Nachrichten geholt werden",
  modes: { waiting: "Wartend", polling: "Streng im Takt" },
  costs: {
    waiting: "Eine Nachricht ist Sekunden nach dem Schreiben hier. Der Preis: Wer dir schreibt und mit deinem Eingangsserver zusammenarbeitet, kann herausfinden, welche Verbindung deine ist.",
    polling: "Kein Paket geht oder kommt zu einer anderen Zeit, weil jemand etwas schreibt. Der Preis: Nachrichten brauchen länger, umso länger, je mehr Unterhaltungen du hast.",
  },
  hint: "Für alle Unterhaltungen zugleich. Nach einem Wechsel zu „Streng im Takt“ dauert es bis zu einer halben Stunde, bis nichts mehr wartet.",
}
