import type { NodeParts } from "../../shared/node/node-core.ts"
import { notFound } from "../../shared/node/worker/http.ts"
import { forwardTo, NodeObject } from "../../shared/node/worker/node-object.ts"
import type { NodeEnv } from "../../shared/node/worker/settings.ts"
import { Dropbox } from "../dropbox.ts"
import { sqlBoxes } from "./sql-boxes.ts"

interface Env extends NodeEnv {
  readonly DROPBOX: DurableObjectNamespace<DropboxNode>
}

export class DropboxNode extends NodeObject<Dropbox, Env> {
  protected get role() {
    return "dropbox" as const
  }

  protected get layer(): number {
    return 0
  }

  protected start(parts: NodeParts): Promise<Dropbox> {
    return Dropbox.start({ ...parts, boxes: sqlBoxes(this.ctx.storage.sql) }, Date.now())
  }

  protected serve(): Response {
    return notFound()
  }
}

export default forwardTo((env: Env) => env.DROPBOX)
