import { count } from "./format.ts"

/** Naming people of a group in what is written there. */
export const naming = {
  found: (n: number) => (n === 0 ? "Nobody here is called so." : count(n, { one: "# person. Enter names them.", other: "# people. Up and down choose, Enter names." })),
  unread: "Names you",
  told: "Tell me all the same when somebody names me with @",
  muteText: "No notifications and no count. Who names you with @ still reaches you, unless you switch that off, too. Nobody learns of it.",
}
