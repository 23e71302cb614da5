import { shallowRef } from "vue"
import type { Answers } from "./en/answers.ts"
import { en } from "./en/index.ts"
import type { Texts } from "./en/index.ts"
import { isolating } from "./isolate.ts"

export const LANGUAGES = ["en", "de", "ar"] as const
export type Language = (typeof LANGUAGES)[number]
export const isLanguage = (text: string | null): text is Language => LANGUAGES.some((one) => one === text)

/** The first of the languages that the browser asks for and that there are texts in. */
export const preferred = (wanted: readonly string[]): Language => wanted.map((one) => one.split("-", 1)[0]!.toLowerCase()).find(isLanguage) ?? "en"

/** What each language calls itself: whoever chose one by mistake finds the way back. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch", ar: "العربية" }

/** English is there from the first moment, also when another language cannot be loaded. */
const english = isolating(en)
const OTHERS: Readonly<Record<Exclude<Language, "en">, () => Promise<Texts>>> = {
  de: async () => isolating((await import("./de/index.ts")).de),
  ar: async () => isolating((await import("./ar/index.ts")).ar),
}

export const loadTexts = async (language: Language): Promise<Texts> => (language === "en" ? english : OTHERS[language]())

const ANSWERS: Readonly<Record<Language, () => Promise<{ answers: Answers }>>> = {
  en: () => import("./en/answers.ts"),
  de: () => import("./de/answers.ts"),
  ar: () => import("./ar/answers.ts"),
}

/** What the help page says, in the language of these texts. */
export const loadAnswers = async ({ tag }: Texts): Promise<Answers> => (await ANSWERS[isLanguage(tag) ? tag : "en"]()).answers

/** The texts in the user's language. */
export const t = shallowRef<Texts>(english)
