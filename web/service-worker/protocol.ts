/** What pages and the service worker say to each other. An old page speaks with a new worker, so what is here only grows. */

/** A version of the app: `files` is the hash of its list of files without the worker, `fingerprint` that of the published list. */
export interface Version {
  readonly files: string
  readonly fingerprint: string
}

export type ToWorker =
  /** Which version this worker brought, and which one it serves. Answered by Versions. */
  | { readonly type: "versions" }
  /** The user has said so: serve the version that this worker brought from now on. Answered by true, or by false where its files are not to be had. */
  | { readonly type: "change" }
  /** A page of the served version is up. */
  | { readonly type: "settled" }
  /** What was shared into the app, once: answered by the text or null. */
  | { readonly type: "shared" }
  /** The files that were shared with it, once: answered by a list of them. */
  | { readonly type: "shared-files" }

export interface Versions {
  readonly own: Version | null
  readonly served: Version | null
}

export type FromWorker =
  /** The server gave files that are not those of the version's own list: nothing was installed. */
  | { readonly type: "damaged"; readonly files: number }
  /** A tab has changed over. */
  | { readonly type: "changed" }
  /** A notification with this tag was clicked. */
  | { readonly type: "notified"; readonly tag: string }
