import type { AuthorityNode, DropboxNode, MixNode } from "./nodes.ts"

declare global {
  namespace Cloudflare {
    interface Env {
      readonly MIX: DurableObjectNamespace<MixNode>
      readonly DROPBOX: DurableObjectNamespace<DropboxNode>
      readonly DIRECTORY: DurableObjectNamespace<AuthorityNode>
    }
  }
}
