import { shallowRef, watch } from "vue"
import { isLanguage, loadTexts, preferred, t } from "../text/text.ts"
import type { Language } from "../text/text.ts"

export type LanguageChoice = Language | "system"

const KEY = "language"
export const language = shallowRef<LanguageChoice>("system")

const wanted = (): Language => (language.value === "system" ? preferred(navigator.languages) : language.value)

/** Shows the language that is wanted once it is loaded; the old one stays until then, and when it cannot be had. */
async function show(): Promise<void> {
  const one = wanted()
  const texts = await loadTexts(one)
  if (one === wanted()) t.value = texts
}

/** Done when there is something to read, so that nobody sees a moment of another language. */
export async function startLanguage(): Promise<void> {
  const stored = localStorage.getItem(KEY)
  if (isLanguage(stored)) language.value = stored
  watch(language, (chosen) => {
    if (chosen === "system") localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, chosen)
    void show().catch(() => undefined)
  })
  addEventListener("languagechange", () => void show().catch(() => undefined))
  await show().catch((error: unknown) => console.error(error))
}
