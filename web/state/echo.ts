/** Makes the network's echo bot a contact: its codes are handed out by the server that this app came from. */
import { run } from "./engine.ts"

const CODE_SIZE_MAX = 4_000
/** A bot that has just started, or has given its last code away, has another one soon. */
const TRIES = 5
const PAUSE = 3_000

async function echoCode(path: string): Promise<string | null> {
  for (let left = TRIES; ; ) {
    const code = await asked(path)
    if (code !== null || --left === 0 || !navigator.onLine) return code
    await new Promise((done) => setTimeout(done, PAUSE))
  }
}

async function asked(path: string): Promise<string | null> {
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
