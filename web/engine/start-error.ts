import type { StoreProblem } from "../../messenger/ports.ts"
import { StoreError } from "../../messenger/ports.ts"
import type { EngineProblem } from "./protocol.ts"

/** What a store that fails means for the screen. */
export const halts: Record<StoreProblem, EngineProblem> = { full: "full", damaged: "damaged", unusable: "storage", "in-use": "storage" }

/** Why a turn ended before its time. */
export class StartError extends Error {
  override readonly name = "StartError"
  readonly problem: EngineProblem

  constructor(problem: EngineProblem, cause?: unknown) {
    super(problem, { cause })
    this.problem = problem
  }
}

/** The same of whatever a store rejected with; a mistake of ours stays one. */
export const startErrorOf = (error: unknown): unknown => (error instanceof StoreError ? new StartError(isNewer(error) ? "newer" : halts[error.problem], error) : error)

/** IndexedDB says so where a later version of the app has changed the database itself. */
const isNewer = ({ cause }: StoreError): boolean => cause instanceof DOMException && cause.name === "VersionError"
