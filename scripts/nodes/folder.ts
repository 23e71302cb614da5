import { spawnSync } from "node:child_process"
import { chmodSync, closeSync, copyFileSync, mkdirSync, openSync, writeFileSync } from "node:fs"
import path from "node:path"
import { Failure } from "../../cli/failure.ts"
import { makeFolder } from "../../cli/folder.ts"
import { tryLock } from "../network/lock.ts"
import { bundleFiles } from "./bundles.ts"
import type { NodeConfiguration } from "./capnp.ts"
import { capnp } from "./capnp.ts"
import { workerdBinary } from "./workerd.ts"

/** The bundle and node.capnp, in a folder that holds all that `workerd serve node.capnp` needs but the secret. Throws Failure. */
export function writeProgram(folder: string, bundles: string, configuration: Omit<NodeConfiguration, "files">): void {
  inFolder(folder, () => {
    makeFolder(folder)
    const files = bundleFiles(bundles, configuration.kind)
    for (const file of files) copyFileSync(path.join(bundles, file), path.join(folder, file))
    writeFileSync(path.join(folder, "node.capnp"), capnp({ ...configuration, files }))
  })
}

/** A folder that runs on any Linux machine of this one's architecture with glibc: nothing needs to be installed there. Throws Failure. */
export function writePortable(folder: string, bundles: string, configuration: Omit<NodeConfiguration, "files">): void {
  writeProgram(folder, bundles, configuration)
  inFolder(folder, () => {
    // Read by whichever user the node runs as; there is no secret in it.
    chmodSync(folder, 0o755)
    copyFileSync(workerdBinary(), path.join(folder, "workerd"))
    chmodSync(path.join(folder, "workerd"), 0o755)
    writeFileSync(path.join(folder, "start"), START, { mode: 0o755 })
  })
}

/** Takes the folder for this process. Throws Failure. */
export function takeNodeFolder(folder: string): () => void {
  const unlock = inFolder(folder, () => {
    makeFolder(folder)
    mkdirSync(path.join(folder, "store"), { recursive: true, mode: 0o700 })
    return tryLock(path.join(folder, "lock"))
  })
  const release = unlock === null ? null : flocked(path.join(folder, "lock"))
  if (unlock === null || release === null) {
    unlock?.()
    throw new Failure(`A node runs in ${folder} already.`)
  }
  return () => {
    release()
    unlock()
  }
}

/**
 * The lock that "start" (below) takes on the same file, and which locks of SQLite do not see: two processes in one folder would be one
 * node with two memories of what it has opened. It belongs to the open file, which "flock" is lent, so it lasts until this process
 * closes it or ends; null where somebody else has it. Closing it ends SQLite's lock, too: to be released together.
 */
function flocked(file: string): (() => void) | null {
  const open = openSync(file, "a")
  // A second is for a process that has just ended.
  const { error, status } = spawnSync("flock", ["-w", "1", "3"], { stdio: ["ignore", "ignore", "ignore", open] })
  // Without flock there is no "start" either.
  if (error !== undefined || status === 0) return () => closeSync(open)
  closeSync(open)
  return null
}

function inFolder<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw new Failure(`The folder ${folder} cannot be written: ${code === "EACCES" || code === "EPERM" ? "a permission is missing" : code}.`)
  }
}

/** Needs sh, od, head and flock, which every Debian has. */
const START = `#!/bin/sh
# Starts the node of this folder. What it keeps, its secret included, lies in the first of: the argument, $STATE_DIRECTORY (systemd
# sets it), the folder "data" beside this file. SOTTO_SECRET_FILE names a secret that lies elsewhere.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=\${1:-\${STATE_DIRECTORY:-$here/data}}
umask 077
mkdir -p "$data/store"

# The lock is open as long as workerd runs, and no longer.
exec 9>"$data/lock"
flock -n 9 || { echo "A node runs in $data already." >&2; exit 1; }

secret=\${SOTTO_SECRET_FILE:-$data/secret}
if [ ! -s "$secret" ]; then
  if [ -n "$(ls -A "$data/store")" ]; then
    echo "$secret is missing, and the keys in $data/store are sealed with it: put it back, or empty that folder to start as a new node." >&2
    exit 1
  fi
  head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \\n' > "$secret.new"
  mv "$secret.new" "$secret"
fi
NODE_SECRET=$(cat "$secret")
export NODE_SECRET
exec "$here/workerd" serve "$here/node.capnp" --directory-path "store=$data/store"
`
