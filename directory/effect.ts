/** What an authority asks of the platform it runs on. */
export type AuthorityEffect =
  /** GET {url}/descriptor of each; then onDescriptors with what came. */
  | { readonly kind: "gather"; readonly urls: readonly string[] }
  /** GET {url}{path} of another authority; then onAnswer if something came of at most `max` bytes. Not while the same is being asked already. */
  | { readonly kind: "ask"; readonly url: string; readonly path: string; readonly max: number }
  /** POST {url}/directory to each. */
  | { readonly kind: "publish"; readonly document: Uint8Array; readonly urls: readonly string[] }
  /** Calls onWake at this time (ms) or soon after; replaces what was set before. */
  | { readonly kind: "wake"; readonly at: number }
