/** Nothing waits for it for longer than this. */
const PATIENCE = 2_000
/** Where the browser does not say when it has nothing to do (WebKit). */
const LATER = 300

/** What is needed soon, and not for what is being drawn now. */
export function whenIdle(then: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(then, { timeout: PATIENCE })
  else setTimeout(then, LATER)
}
