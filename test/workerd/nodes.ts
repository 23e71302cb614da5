export { AuthorityNode } from "../../directory/worker/index.ts"
export { DropboxNode, DropboxShard } from "../../dropbox/worker/index.ts"
export { default, MixNode } from "../../mix/worker/index.ts"
