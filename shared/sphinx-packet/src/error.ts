/** Why bytes were refused. For counters only: it must not reach whoever sent them. */
export type SphinxErrorReason = "length" | "alpha" | "mac" | "version" | "flag" | "payload"

/** The one error that hostile bytes cause. Its message is always the same, so that nothing that prints or returns it tells what was wrong. */
export class SphinxError extends Error {
  override readonly name = "SphinxError"
  readonly reason: SphinxErrorReason

  constructor(reason: SphinxErrorReason) {
    super("malformed Sphinx packet")
    this.reason = reason
  }
}
