import { Failure } from "../../cli/failure.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import { securityHeaders } from "../../web/headers.ts"

const LONGEST = 2000
const FOREVER = "public, max-age=31536000, immutable"
const ALWAYS_ASK = "no-cache"

/** Origins of all that the app connects to: authorities, and the gateways among the nodes where the directory is fetched. */
export function originsOf({ authorities, directories }: NetworkDescription): string[] {
  return [...new Set([...authorities.map(({ url }) => url), ...directories].map((url) => new URL(url).origin))].sort()
}

/** The file `_headers` of Cloudflare's static assets. Throws Failure where a line would be longer than Cloudflare reads. */
export function cloudflareHeaders(origins: readonly string[]): string {
  const lines = Object.entries(securityHeaders(origins)).map(([name, value]) => `  ${name}: ${value}`)
  if (lines.some((line) => line.length > LONGEST)) {
    throw new Failure(`The policy with ${origins.length} origins is longer than the ${LONGEST} characters that Cloudflare takes: name fewer gateways in network.json, or use another web server.`)
  }
  // Names below assets/ hold a hash of the content.
  return ["/*", ...lines, `  Cache-Control: ${ALWAYS_ASK}`, "", "/assets/*", "  ! Cache-Control", `  Cache-Control: ${FOREVER}`, ""].join("\n")
}

/** A snippet to be imported into a site of a Caddyfile; text is packed, as Cloudflare packs it by itself. */
export function caddyHeaders(origins: readonly string[]): string {
  const lines = Object.entries(securityHeaders(origins)).map(([name, value]) => `\t${name} ${JSON.stringify(value)}`)
  return `# Made by "npm run deploy -- app": the headers of every answer of the app's server.
encode gzip
header {
${lines.join("\n")}
}
@hashed path /assets/*
@others not path /assets/*
header @hashed Cache-Control "${FOREVER}"
header @others Cache-Control "${ALWAYS_ASK}"
`
}
