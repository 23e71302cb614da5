import { spawn } from "node:child_process"

/**
 * Ends processes when this one is gone, also by SIGKILL, which leaves us no time to: a shell reads their ids from a pipe,
 * and when the pipe ends without the word that all is well, it ends them.
 */
const SCRIPT = `
pids=
while read -r word; do
  [ "$word" = done ] && exit 0
  pids="$pids $word"
done
kill -9 $pids 2>/dev/null
`

export interface Keeper {
  watch(pid: number): void
  /** All have been ended in an orderly way. */
  done(): void
}

export function startKeeper(): Keeper {
  if (process.platform === "win32") return { watch: () => undefined, done: () => undefined }
  // In a process group of its own, or Ctrl+C would end it first.
  const child = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true })
  child.on("error", () => undefined)
  child.stdin.on("error", () => undefined)
  child.unref()
  return {
    watch: (pid) => child.stdin.write(`${pid}\n`),
    done: () => child.stdin.end("done\n"),
  }
}
