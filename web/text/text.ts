import { shallowRef } from "vue"
import { en } from "./en.ts"
import type { Texts } from "./en.ts"

/** The texts in the user's language. More languages are more files, loaded when chosen. */
export const t = shallowRef<Texts>(en)
