import type { StoreError, StoreProblem } from "../messenger/ports.ts"

/** Expected trouble, told to the user in one sentence; the process ends with code 1. */
export class Failure extends Error {
  override readonly name = "Failure"
}

const problems: Record<StoreProblem, string> = {
  full: "could not be stored: the disk is full",
  "in-use": "is in use by another sotto process",
  damaged: "cannot be read: its file is damaged",
  unusable: "cannot be read or written",
}

/** What is wrong with the profile's file, as a sentence. */
export function storeFailure({ problem }: StoreError, folder?: string): Failure {
  return new Failure(`The profile${folder === undefined ? "" : ` ${folder}`} ${problems[problem]}.`)
}
