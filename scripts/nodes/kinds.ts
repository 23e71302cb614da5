/** From wrangler.toml; the newest that the pinned workerd knows. */
export const COMPATIBILITY_DATE = "2026-10-01"

/** The kinds of nodes as they are bundled and bound; wrangler.toml says the same for Cloudflare (compared by a test). */
export const kinds = {
  mix: { entry: "mix/worker/index.ts", objects: [{ binding: "MIX", className: "MixNode" }] },
  dropbox: {
    entry: "dropbox/worker/index.ts",
    objects: [
      { binding: "DROPBOX", className: "DropboxNode" },
      { binding: "SHARD", className: "DropboxShard" },
    ],
  },
  directory: { entry: "directory/worker/index.ts", objects: [{ binding: "DIRECTORY", className: "AuthorityNode" }] },
} as const satisfies Record<string, { entry: string; objects: readonly { binding: string; className: string }[] }>

export type NodeKind = keyof typeof kinds

/** Bindings that no configuration file and no command line ever holds. */
export const SECRETS = ["NODE_SECRET"] as const
