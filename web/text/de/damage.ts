import type { Texts } from "../en/index.ts"

export const damage: Texts["damage"] = {
  message: "Diese Nachricht lässt sich nicht mehr lesen.",
  title: "Eine Nachricht, die sich nicht lesen lässt",
  text: "Was dieses Gerät von ihr behalten hat, ist beschädigt: Weder was darin steht noch von wem sie ist, weiß man hier. Eine frühere Sicherung enthält sie vielleicht noch. Sie lässt sich löschen; dann ist auch weg, was von ihr übrig ist.",
}
