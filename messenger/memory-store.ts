import type { Store, Write } from "./ports.ts"

/** A store that lasts as long as its object: for bots without a memory, tests and simulations. */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>()
  return {
    get: async (key) => values.get(key)?.slice() ?? null,
    list: async (prefix, { from, limit = Infinity, reverse = false } = {}) => {
      const found = [...values.keys()].filter((key) => key.startsWith(prefix)).sort()
      if (reverse) found.reverse()
      const behind = from === undefined ? found : found.filter((key) => (reverse ? key < from : key > from))
      return behind.slice(0, limit).map((key) => [key, values.get(key)!.slice()])
    },
    commit: async (writes: readonly Write[]) => {
      for (const [key, value] of writes) {
        if (value === null) values.delete(key)
        else values.set(key, value.slice())
      }
    },
    close: async () => {},
  }
}
