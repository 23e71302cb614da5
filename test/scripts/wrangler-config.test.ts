import path from "node:path"
import { expect, test } from "vitest"
import { unstable_readConfig as readConfig } from "wrangler"
import { root } from "../../cli/bin/node.mjs"
import type { NodeKind } from "../../scripts/nodes/kinds.ts"
import { COMPATIBILITY_DATE, kinds } from "../../scripts/nodes/kinds.ts"

const configOf = (env: string) => readConfig({ config: path.join(root, "wrangler.toml"), env }, { hideWarnings: true })

/** Whatever a Worker could be bound to besides; each of them would keep or show something of what passes. */
const OTHERS = [
  "kv_namespaces", "r2_buckets", "d1_databases", "services", "analytics_engine_datasets", "send_email", "vectorize", "hyperdrive", "workflows",
  "dispatch_namespaces", "mtls_certificates", "pipelines", "secrets_store_secrets", "tail_consumers", "unsafe_hello_world", "ratelimits", "vpc_services",
] as const
const SINGLE = ["ai", "browser", "images", "media", "version_metadata", "logfwdr", "queues", "cloudchamber", "containers", "logpush", "vars"] as const

test.each(Object.keys(kinds) as NodeKind[])("a %s on Cloudflare is bound to its Durable Objects and nothing else, and keeps no logs", (kind) => {
  const config = configOf(kind)
  const { entry, objects } = kinds[kind]
  expect(path.relative(root, config.main!)).toBe(entry)
  expect(config.durable_objects.bindings).toEqual(objects.map(({ binding, className }) => ({ name: binding, class_name: className })))
  // SQLite, or storage would be of a kind that workerd elsewhere does not have; each class once.
  expect(config.migrations.flatMap(({ new_sqlite_classes = [] }) => new_sqlite_classes).sort()).toEqual(objects.map(({ className }) => className).sort())
  for (const name of OTHERS) expect([name, config[name as "services"] ?? []]).toEqual([name, []])
  for (const name of SINGLE) {
    const value: unknown = config[name as "vars"]
    expect([name, isEmpty(value)]).toEqual([name, true])
  }
  expect(config.observability).toEqual({ enabled: false })
  expect([config.upload_source_maps, config.send_metrics, config.preview_urls]).toEqual([false, false, false])
  expect(config.compatibility_date).toBe(COMPATIBILITY_DATE)
  expect(config.compatibility_flags).toEqual(["global_fetch_strictly_public"])
})

test("the app on Cloudflare is files, without a Worker before them", () => {
  const config = configOf("app")
  expect([config.main, config.durable_objects.bindings, config.observability]).toEqual([undefined, [], { enabled: false }])
})

/** Nothing in it, however it is nested. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true
  return typeof value === "object" && Object.values(value).every(isEmpty)
}
