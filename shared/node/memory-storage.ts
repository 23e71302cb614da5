import type { NodeStorage } from "./effect.ts"

/** Storage that lasts as long as its object: for tests and simulations, which restart nodes by handing it on. */
export function memoryStorage(): NodeStorage {
  const values = new Map<string, Uint8Array>()
  return {
    get: (key) => values.get(key)?.slice() ?? null,
    list: (prefix) =>
      [...values]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, value.slice()]),
    put: (key, value) => void values.set(key, value.slice()),
    delete: (key) => void values.delete(key),
  }
}
