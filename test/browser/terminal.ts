import path from "node:path"
import type { Follower } from "../cli/sotto.ts"
import { follow, sottoWell } from "../cli/sotto.ts"

interface Told {
  readonly from?: string
  readonly text?: string
  readonly line?: { readonly kind: string }
}

/** Somebody at the command line, where `sotto read --follow` runs all the time but for moments: a profile belongs to one process. */
export class TerminalPerson {
  readonly name: string
  readonly #profile: readonly string[]
  #follower: Follower | null = null
  /** What has been printed, oldest first. */
  readonly #told: Told[] = []

  constructor(folder: string, name: string) {
    this.name = name
    this.#profile = ["--profile", path.join(folder, name)]
  }

  /** Begins, and makes a code for somebody, who is let in when they answer it. */
  async begin(network: string): Promise<string> {
    await sottoWell(["init", "--network", network, "--name", this.name, "--profile-speed", "fast", ...this.#profile])
    const code = await sottoWell(["code", ...this.#profile])
    this.#listen()
    return code
  }

  /** Whether somebody has been told to have written this. */
  hasHeard = (from: string, text: string): boolean => this.#told.some((one) => one.from?.startsWith(from) === true && one.text === text)

  isInvited = (): boolean => this.#told.some(({ line }) => line?.kind === "invited")

  /** One command, while nothing else runs. */
  async run(...words: readonly string[]): Promise<void> {
    await this.#follower!.end()
    await sottoWell([...words, ...this.#profile])
    this.#listen()
  }

  async close(): Promise<void> {
    await this.#follower?.end()
  }

  #listen(): void {
    const follower = (this.#follower = follow(["read", "--follow", "--json", ...this.#profile]))
    void (async () => {
      for await (const line of follower.lines) this.#told.push(JSON.parse(line) as Told)
    })()
  }
}
