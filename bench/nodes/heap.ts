import { setTimeout as sleep } from "node:timers/promises"
import type { Stage } from "./stage.ts"

interface Usage {
  readonly usedSize: number
  /** Of array buffers. */
  readonly backingStorageSize: number
}

const PATIENCE = 20_000

/** What a node holds in its heap after garbage was collected, array buffers included, bytes. */
export async function heapBytes({ inspector, health }: Stage): Promise<number> {
  const [target] = (await (await fetch(`http://${inspector}/json`)).json()) as { webSocketDebuggerUrl: string }[]
  const socket = new WebSocket(target!.webSocketDebuggerUrl)
  const answers = new Map<number, unknown>()
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result?: unknown }
    answers.set(id, result)
  })
  let asked = 0
  const ask = async (method: string): Promise<unknown> => {
    const id = ++asked
    const until = Date.now() + PATIENCE
    socket.send(JSON.stringify({ id, method }))
    // Garbage is collected, which is answered then, the next time that the node has something to do.
    for (; !answers.has(id); await sleep(5)) {
      if (Date.now() > until) throw new Error(`the inspector is silent on ${method}`)
      await health()
    }
    return answers.get(id)
  }
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve)
      socket.addEventListener("error", () => reject(new Error("no inspector")))
    })
    // What a first collection has made free, a second may take.
    for (let i = 0; i < 2; i++) await ask("HeapProfiler.collectGarbage")
    const { usedSize, backingStorageSize } = (await ask("Runtime.getHeapUsage")) as Usage
    return usedSize + backingStorageSize
  } finally {
    socket.close()
  }
}
