import { toHex } from "../shared/bytes.ts"
import type { BoxStore, Stored } from "./boxes.ts"

/** Boxes that last as long as their object: for tests and simulations. */
export function memoryBoxes(): BoxStore {
  const boxes = new Map<string, Stored & { readonly expires: number }>()
  return {
    get size() {
      return boxes.size
    },
    get nextExpiry() {
      for (const { expires } of boxes.values()) return expires
      return Infinity
    },
    get: (id) => boxes.get(toHex(id)) ?? null,
    put: (id, signature, content, expires) => void boxes.set(toHex(id), { signature, content, expires }),
    expire(hour, most) {
      let deleted = 0
      for (const [id, { expires }] of boxes) {
        if (expires > hour || deleted === most) break
        boxes.delete(id)
        deleted++
      }
      return deleted
    },
    countFrom: (hour) => [...boxes.values()].filter(({ expires }) => expires >= hour).length,
  }
}
