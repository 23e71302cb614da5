import type { AuthorityNode, DropboxNode, DropboxShard, MixNode } from "./nodes.ts"

declare global {
  namespace Cloudflare {
    interface Env {
      readonly NODE_SECRET: string
      readonly MIX: DurableObjectNamespace<MixNode>
      readonly DROPBOX: DurableObjectNamespace<DropboxNode>
      readonly SHARD: DurableObjectNamespace<DropboxShard>
      readonly DIRECTORY: DurableObjectNamespace<AuthorityNode>
    }
  }
}
