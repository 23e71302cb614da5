import { COMPATIBILITY_DATE, kinds, SECRETS } from "./kinds.ts"
import type { NodeKind } from "./kinds.ts"

export interface NodeConfiguration {
  readonly kind: NodeKind
  /** Address and port: "127.0.0.1:8001", "[::1]:8001". */
  readonly listen: string
  /** Text bindings that are no secret. */
  readonly env: Readonly<Record<string, string>>
  /** The files of the bundle, below the folder of this configuration: the script first, then WebAssembly. */
  readonly files: readonly string[]
  /**
   * Whether the node may connect to addresses of private networks. A directory names URLs that strangers chose: without this, none of
   * them leads into the network that the machine stands in.
   */
  readonly allowPrivate: boolean
}

/** A configuration for `workerd serve`. Storage lies in `store` beside it; secrets come from the environment and never stand in it. */
export function capnp({ kind, listen, env, files, allowPrivate }: NodeConfiguration): string {
  const { objects } = kinds[kind]
  const [script, ...wasm] = files
  const modules = [
    `(name = "worker.js", esModule = embed ${quoted(script!)})`,
    ...wasm.map((file) => `(name = ${quoted(file.split("/").at(-1)!)}, wasm = embed ${quoted(file)})`),
  ]
  const bindings = [
    ...objects.map(({ binding, className }) => `(name = "${binding}", durableObjectNamespace = "${className}")`),
    ...SECRETS.map((name) => `(name = "${name}", fromEnvironment = "${name}")`),
    ...Object.entries(env).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`),
  ]
  const namespaces = objects.map(({ className }) => `(className = "${className}", uniqueKey = "${className}", enableSql = true)`)
  const allow = allowPrivate ? `["public", "private"]` : `["public"]`
  const lines = (items: readonly string[]) => items.map((item) => `\n    ${item},`).join("")
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .node),
    (name = "store", disk = (path = "store", writable = true)),
    (name = "internet", network = (allow = ${allow}, tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = ${quoted(listen)}, http = (), service = "main")],
);

const node :Workerd.Worker = (
  modules = [${lines(modules)}
  ],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  bindings = [${lines(bindings)}
  ],
  durableObjectNamespaces = [${lines(namespaces)}
  ],
  durableObjectStorage = (localDisk = "store"),
);
`
}

/** Text in a capnp file: as in JSON, for what a configuration holds. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
