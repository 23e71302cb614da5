/** Expected trouble, told to the user in one sentence; the process ends with code 1. */
export class Failure extends Error {
  override readonly name = "Failure"
}
