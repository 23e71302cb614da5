import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import type { RunningNetwork } from "../../scripts/network/network.ts"
import { startNetwork } from "../../scripts/network/network.ts"
import { freePorts } from "../../scripts/network/ports.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"

export interface RealNetwork extends RunningNetwork {
  /** Storage, logs, and whatever a test wants to put there; removed in the end. */
  readonly folder: string
  readonly firstPort: number
}

export interface RealNetworkOptions {
  /** Overrides of the defaults; the delays of mixes are short, so that tests are. */
  readonly parameters?: Partial<Parameters>
  readonly echo?: boolean
  /** From an earlier network, which was stopped with `keep`. */
  readonly again?: { readonly folder: string; readonly firstPort: number }
}

/** A whole network of `workerd` processes with the app's server, on free ports and in a folder of its own. */
export async function startRealNetwork({ parameters = {}, echo = false, again }: RealNetworkOptions = {}): Promise<RealNetwork> {
  const folder = again?.folder ?? (await mkdtemp(path.join(tmpdir(), "sotto-network-")))
  const firstPort = again?.firstPort ?? (await freePorts())
  const network = await startNetwork({
    folder,
    firstPort,
    hosts: ["127.0.0.1", "::1"],
    name: "Test network",
    parameters: { meanDelay: 50, ...parameters },
    echo,
    say: () => undefined,
    onDeath: (name) => console.error(`${name} has ended by itself.`),
  })
  return { ...network, folder, firstPort }
}

/** Stops it; its folder goes, unless the network is to be started again from it. */
export async function stopRealNetwork(network: RealNetwork, { keep = false } = {}): Promise<void> {
  await network.stop()
  if (!keep) await rm(network.folder, { recursive: true, force: true })
}
