import { formats } from "../format.ts"

export const { number, bytes, list, count } = formats<"one" | "other">("en")
