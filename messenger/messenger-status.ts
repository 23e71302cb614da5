import type { StoreProblem } from "./ports.ts"

/**
 * Whether a messenger runs.
 * - stopped: before `start` and after `stop`
 * - running
 * - locked: it runs on, but refuses every command and tells nothing, until `unlock`
 * - halted: the store failed. What was under way did not happen, nothing was sent because of it, and `start` begins again from what is
 *   stored: with `full` once there is room, with `unusable` once the disk or the browser lets it. `damaged`: a record without which nothing goes on
 *   cannot be read; a backup can be restored.
 */
export type MessengerStatus =
  | { readonly status: "stopped" }
  | { readonly status: "running" }
  | { readonly status: "locked" }
  | { readonly status: "halted"; readonly problem: StoreProblem }
