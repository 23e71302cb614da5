import { expect, test } from "vitest"
import { securityHeaders } from "../../web/headers.ts"

const policy = (origins: string[]) =>
  Object.fromEntries(securityHeaders(origins)["Content-Security-Policy"]!.split("; ").map((part) => [part.slice(0, part.indexOf(" ")), part.slice(part.indexOf(" ") + 1)]))

test("the page may talk to itself and to the nodes it was given, by requests and by sockets, and to nothing else", () => {
  expect(policy(["http://localhost:8081", "https://mix.example"])["connect-src"]).toBe(
    "'self' http://localhost:8081 https://mix.example ws://localhost:8081 wss://mix.example",
  )
  expect(policy([])["connect-src"]).toBe("'self'")
})

test("no script and no style runs but the app's own files", () => {
  const { "script-src": script, "style-src": style, "default-src": rest } = policy(["https://mix.example"])
  expect([rest, script, style]).toEqual(["'none'", "'self' 'wasm-unsafe-eval'", "'self'"])
  expect(securityHeaders([])["Content-Security-Policy"]).not.toMatch(/unsafe-inline|unsafe-eval'.*'unsafe-eval'|\*|data:/)
})

test("what the page has put together itself can be looked at and heard, and be nothing else", () => {
  const { "img-src": images, "media-src": sounds, ...others } = policy(["https://mix.example"])
  expect([images, sounds]).toEqual(["'self' blob:", "blob:"])
  expect(Object.values(others).join(" ")).not.toMatch(/blob:/)
})

test("scripts start from trusted types only", () => {
  expect(policy([])).toMatchObject({ "require-trusted-types-for": "'script'", "trusted-types": "vue sw engine stretch backup picture" })
})

test("of what a browser can ask its user for, only the camera, the microphone and passkeys are left", () => {
  const allowed = securityHeaders([])["Permissions-Policy"]!.split(", ").filter((feature) => !feature.endsWith("=()"))
  expect(allowed).toEqual(["camera=(self)", "clipboard-read=(self)", "clipboard-write=(self)", "microphone=(self)", "publickey-credentials-create=(self)", "publickey-credentials-get=(self)"])
})
