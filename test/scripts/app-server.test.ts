import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { securityHeaders } from "../../web/headers.ts"
import { appListener, listen } from "../../scripts/network/app-server.ts"

let above: string
let server: Server
let port: number
let code: string | null = "A CODE"

beforeAll(async () => {
  above = mkdtempSync(path.join(tmpdir(), "sotto-app-"))
  const folder = path.join(above, "dist")
  mkdirSync(path.join(folder, "assets"), { recursive: true })
  writeFileSync(path.join(folder, "index.html"), "<!doctype html>")
  writeFileSync(path.join(folder, "assets", "index-abc.js"), "1")
  writeFileSync(path.join(folder, ".hidden"), "hidden")
  writeFileSync(path.join(above, "secret.txt"), "secret")
  const network = { name: "Test", authorities: [{ key: "00".repeat(32), url: "http://127.0.0.1:1" }], threshold: 1, directories: ["http://127.0.0.1:1/directory"] }
  const listener = appListener({ folder, network, origins: ["http://127.0.0.1:1"], echoCode: () => Promise.resolve(code) })
  server = (await listen(listener, 0, ["127.0.0.1"], ""))[0]!
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  server.close()
  rmSync(above, { recursive: true })
})

/** Status and body of a request whose path no client library has tidied up. */
function raw(line: string, headers = ""): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    let text = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`))
    socket.on("data", (chunk) => (text += chunk.toString()))
    socket.on("end", () => resolve({ status: Number(text.split(" ")[1]), body: text.split("\r\n\r\n").slice(1).join("\r\n\r\n") }))
    socket.on("error", reject)
  })
}

test.each([
  ["GET /../secret.txt", 400],
  ["GET /assets/../../secret.txt", 400],
  ["GET /%2e%2e/secret.txt", 400],
  ["GET /..%2fsecret.txt", 400],
  ["GET /..\\secret.txt", 400],
  ["GET /..%5csecret.txt", 400],
  ["GET //secret.txt", 400],
  ["GET /index.html%00.js", 400],
  ["GET /%zz", 400],
  ["GET secret.txt", 400],
  ["GET /.hidden", 400],
  ["GET /assets", 404],
  ["GET /nothing", 404],
  ["PUT /index.html", 405],
  ["GET /echo", 405],
  ["GET /", 200],
  ["GET /?query#fragment", 200],
])("%s is answered with %i", async (line, status) => {
  const answer = await raw(line)
  expect(answer.status).toBe(status)
  expect(answer.body).not.toContain("secret")
})

const crossSite = { "sec-fetch-site": "cross-site" }
test.each([
  [200, "GET", "/", {}],
  [200, "HEAD", "/", {}],
  [304, "GET", "/", { "if-none-match": '"${tag}"', "cache-control": "no-cache" }],
  [200, "GET", "/network.json", {}],
  [200, "GET", "/assets/index-abc.js", {}],
  [400, "GET", "/%zz", {}],
  [404, "GET", "/nothing", {}],
  [405, "PUT", "/index.html", {}],
  [405, "POST", "/share", {}],
  [405, "GET", "/echo", {}],
  [403, "POST", "/echo", crossSite],
  [200, "POST", "/echo", {}],
])("an answer of %i (%s %s) carries every security header", async (status, method, target, given) => {
  const tag = createHash("sha256").update("<!doctype html>").digest("base64url").slice(0, 22)
  const sent = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value.replace("${tag}", tag)]))
  const answer = await fetch(`http://127.0.0.1:${port}${target}`, { method, headers: sent })
  expect(answer.status).toBe(status)
  for (const [name, value] of Object.entries(securityHeaders(["http://127.0.0.1:1"]))) expect([name, answer.headers.get(name)]).toEqual([name, value])
  expect(answer.headers.get("content-security-policy")).toContain("ws://127.0.0.1:1")
})

test("text is packed for whom can unpack it, and for nobody else", async () => {
  const answer = async (accept: string) => {
    const { headers } = await fetch(`http://127.0.0.1:${port}/`, { headers: { "accept-encoding": accept } })
    return [headers.get("content-encoding"), headers.get("vary"), headers.get("etag")]
  }
  const [plain, packed] = [await answer("identity"), await answer("br, gzip")]
  expect([plain.slice(0, 2), packed.slice(0, 2)]).toEqual([[null, "Accept-Encoding"], ["gzip", "Accept-Encoding"]])
  expect(packed[2]).not.toBe(plain[2])
  const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { "accept-encoding": "gzip" } })
  expect(await page.text()).toBe("<!doctype html>")
})

test("a file that has not changed is not sent again", async () => {
  const url = `http://127.0.0.1:${port}/`
  const tag = (await fetch(url)).headers.get("etag")!
  const again = await fetch(url, { headers: { "if-none-match": tag, "cache-control": "no-cache" } })
  expect([again.status, await again.text()]).toEqual([304, ""])
})

test("codes of the echo bot are given to the app alone, and not too many at once", async () => {
  const ask = (headers: Record<string, string> = {}) => fetch(`http://127.0.0.1:${port}/echo`, { method: "POST", headers })
  expect((await ask({ "sec-fetch-site": "cross-site" })).status).toBe(403)
  expect(await (await ask({ "sec-fetch-site": "same-origin" })).json()).toEqual({ code: "A CODE" })
  code = null
  expect((await ask()).status).toBe(503)
  const statuses: number[] = []
  for (let i = 0; i < 12; i++) statuses.push((await ask()).status)
  expect(statuses.at(-1)).toBe(429)
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(6)
})
