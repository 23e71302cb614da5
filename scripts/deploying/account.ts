import * as v from "valibot"
import { Failure } from "../../cli/failure.ts"
import type { Wrangler } from "./wrangler.ts"

const Who = v.object({ loggedIn: v.boolean(), accounts: v.optional(v.array(v.object({ id: v.string(), name: v.string() })), []) })

const LOGIN = `Log in with "node scripts/n.mjs wrangler login", or set CLOUDFLARE_API_TOKEN to a token made from the template "Edit Cloudflare Workers".`

/** The Cloudflare account that would be deployed to, by name. Throws Failure with what to do where there is none, or more than one. */
export async function account(run: Wrangler): Promise<string> {
  const { output } = await run(["whoami", "--json"], { show: false })
  const who = parsed(output)
  if (who === null) {
    const reason = /hostname|network/i.test(output) ? "it cannot be reached" : "it did not take the token or login"
    throw new Failure(`Cloudflare does not tell which account this is: ${reason}. ${LOGIN}`)
  }
  if (!who.loggedIn) throw new Failure(`Nobody is logged in to Cloudflare here. ${LOGIN}`)
  const chosen = process.env.CLOUDFLARE_ACCOUNT_ID
  if (chosen !== undefined && chosen !== "") return who.accounts.find(({ id }) => id === chosen)?.name ?? chosen
  const [first, ...more] = who.accounts
  if (first === undefined) throw new Failure("This login may not see any account: set CLOUDFLARE_ACCOUNT_ID.")
  if (more.length > 0) {
    const list = who.accounts.map(({ id, name }) => `  ${id}  ${name}`).join("\n")
    throw new Failure(`This login has several accounts; set CLOUDFLARE_ACCOUNT_ID to one of them:\n${list}`)
  }
  return first.name
}

function parsed(output: string): v.InferOutput<typeof Who> | null {
  try {
    const result = v.safeParse(Who, JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)))
    return result.success ? result.output : null
  } catch {
    return null
  }
}
