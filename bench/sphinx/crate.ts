import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import path from "node:path"
import { createInterface } from "node:readline"
import { createSphinx, defaultX25519 } from "sphinx-packet"
import { root } from "../../cli/bin/node.mjs"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH } from "../../shared/geometry.ts"
import { cpuOf } from "../figures.ts"
import type { Run } from "./timing.ts"

/** The Rust crate, opening a packet and taking off a layer, in ms of CPU; null where it cannot be built here. */
export async function withCrate<T>(use: (crate: Run | null) => Promise<T>): Promise<T> {
  const target = path.join(root, "build", "interop-rust")
  const cargo = spawnSync("cargo", ["build", "--release", "--locked", "--quiet"], {
    cwd: path.join(root, "bench", "interop-rust"),
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CARGO_TARGET_DIR: target },
  })
  if (cargo.status !== 0) return use(null)

  const random = (length: number) => new Uint8Array(randomBytes(length))
  const x25519 = await defaultX25519()
  const secrets = Array.from({ length: FORWARD_HOPS }, () => random(32))
  const route = await Promise.all(
    secrets.map(async (secret) => ({ address: random(32), publicKey: await x25519.publicKey(secret), delayNanos: 500_000_000n })),
  )
  const sphinx = createSphinx({ random, x25519 })
  const { packet } = await sphinx.build({ route, destination: random(32), message: random(BODY_LENGTH), payloadLength: PAYLOAD_LENGTH })
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")
  const rust = spawn(path.join(target, "release", "interop-rust"), [], { stdio: ["pipe", "pipe", "inherit"] })
  const answers = createInterface({ input: rust.stdout })[Symbol.asyncIterator]()
  const run = async (count: number) => {
    const before = cpuOf(rust.pid!)
    rust.stdin.write(`time ${hex(secrets[0]!)} ${hex(packet)} ${count}\n`)
    const { value } = await answers.next()
    if (!/^nanos \d+$/.test(value as string)) throw new Error("The crate does not open our packet.")
    return cpuOf(rust.pid!) - before
  }
  try {
    return await use(run)
  } finally {
    rust.kill()
  }
}
