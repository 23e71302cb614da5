/** Makes the network's echo bot a contact: its codes are handed out by the server that this app came from. */
import { run } from "./engine.ts"

const CODE_SIZE_MAX = 4_000

async function echoCode(path: string): Promise<string | null> {
  try {
    const response = await fetch(path, { method: "POST", credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(15_000) })
    if (!response.ok) return null
    const body = (await response.json()) as { code?: unknown } | null
    const code = body?.code
    return typeof code === "string" && code.length <= CODE_SIZE_MAX ? code : null
  } catch {
    return null
  }
}

/** The new contact's id, or null where there is no code to be had at the moment. */
export async function addEcho(path: string, name: string): Promise<string | null> {
  const code = await echoCode(path)
  if (code === null) return null
  const added = await run("add", { code, name })
  return added.ok ? added.contact : null
}
