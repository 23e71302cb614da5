import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { root } from "../../cli/bin/node.mjs"
import { caddyHeaders, cloudflareHeaders, originsOf } from "../../scripts/deploying/headers.ts"
import { writeApp } from "../../scripts/deploying/app.ts"
import { securityHeaders } from "../../web/headers.ts"

const NETWORK = {
  name: "Test",
  authorities: [{ key: "ab".repeat(32), url: "https://a.example" }],
  threshold: 1,
  directories: ["https://a.example/directory", "https://gate.example/mix/directory", "https://gate.example:8443/directory"],
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sotto-headers-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

test("the app may connect to the origins in the network's description, each once", () => {
  expect(originsOf(NETWORK)).toEqual(["https://a.example", "https://gate.example", "https://gate.example:8443"])
})

test("Cloudflare's file has every security header on every path, and hashed files are kept for ever", () => {
  const lines = cloudflareHeaders(originsOf(NETWORK)).split("\n")
  for (const [name, value] of Object.entries(securityHeaders(originsOf(NETWORK)))) expect(lines).toContain(`  ${name}: ${value}`)
  expect([lines[0], lines.indexOf("/assets/*") > lines.indexOf("  Cache-Control: no-cache")]).toEqual(["/*", true])
  expect(lines.slice(lines.indexOf("/assets/*"))).toEqual(["/assets/*", "  ! Cache-Control", "  Cache-Control: public, max-age=31536000, immutable", ""])
  expect(() => cloudflareHeaders(Array.from({ length: 60 }, (_, i) => `https://gateway-${i}.some-operator.example`))).toThrow(/longer than the 2000 characters/)
})

test("Caddy's snippet has the same headers, and is what Caddy reads", () => {
  const text = caddyHeaders(originsOf(NETWORK))
  for (const [name, value] of Object.entries(securityHeaders(originsOf(NETWORK)))) expect(text).toContain(`\t${name} "${value}"\n`)
  const snippet = path.join(folder, "headers.caddy")
  writeFileSync(snippet, text)
  const site = readFileSync(path.join(root, "deploy", "Caddyfile"), "utf8").replace("/srv/sotto/headers.caddy", snippet).replaceAll(/^#(?=[a-z]+\.example|\t|\})/gm, "")
  writeFileSync(path.join(folder, "Caddyfile"), site)
  const caddy = spawnSync("caddy", ["validate", "--adapter", "caddyfile", "--config", path.join(folder, "Caddyfile")], { encoding: "utf8" })
  // Where Caddy is not installed, the text above is all that can be looked at.
  if (caddy.error === undefined) expect([caddy.status, caddy.stderr]).toEqual([0, expect.not.stringContaining("rror:")])
})

test("a preview of the build is served with the headers, too", async () => {
  const { default: config } = await import("../../vite.config.ts")
  const { preview } = config({ mode: "production", command: "serve" })
  expect(preview?.headers).toEqual(securityHeaders(["http://localhost:*", "http://127.0.0.1:*"]))
})

test("the app's files are written with the network's description and the headers beside them, and over nothing else", async () => {
  const out = path.join(folder, "app")
  await writeApp(out, NETWORK, () => undefined)
  await writeApp(out, NETWORK, () => undefined)
  expect(JSON.parse(readFileSync(path.join(out, "site", "network.json"), "utf8"))).toEqual(NETWORK)
  expect(readFileSync(path.join(out, "site", "index.html"), "utf8")).toContain("<!doctype html>")
  expect(readFileSync(path.join(out, "headers.caddy"), "utf8")).toBe(caddyHeaders(originsOf(NETWORK)))
  writeFileSync(path.join(out, "letter.txt"), "mine")
  await expect(writeApp(out, NETWORK, () => undefined)).rejects.toThrow(/holds other files/)
})
