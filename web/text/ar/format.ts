import { formats } from "../format.ts"

export const { number, bytes, list, count } = formats<Intl.LDMLPluralRule>("ar")
