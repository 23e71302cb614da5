import type { Store, Write } from "./ports.ts"

/** A Store that lasts as long as its object: for bots without a memory, tests and simulations. */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>()
  /** The keys in their order. */
  const order: string[] = []

  /** Where `key` stands in the order, or would. */
  const placeOf = (key: string): number => {
    let [low, high] = [0, order.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (order[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }
  const apply = ([key, value]: Write): void => {
    const isNew = !values.has(key)
    if (value !== null) values.set(key, value)
    else if (!values.delete(key)) return
    if (value === null) order.splice(placeOf(key), 1)
    else if (isNew) order.splice(placeOf(key), 0, key)
  }

  return {
    get: async (key) => values.get(key)?.slice() ?? null,
    list: async (prefix, { from, limit = Infinity, reverse = false } = {}) => {
      const begin = placeOf(prefix)
      let end = begin
      while (end < order.length && order[end]!.startsWith(prefix)) end++
      const found = order.slice(begin, end).filter((key) => from === undefined || (reverse ? key < from : key > from))
      if (reverse) found.reverse()
      return found.slice(0, limit).map((key) => [key, values.get(key)!.slice()])
    },
    commit: async (writes) => {
      // All copies first: what cannot be stored must not leave half a commit behind.
      const copies = writes.map(([key, value]): Write => [key, value === null ? null : value.slice()])
      copies.forEach(apply)
    },
    close: async () => {},
  }
}
