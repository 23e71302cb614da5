import { toHex } from "../shared/bytes.ts"
import type { BoxStore, Stored } from "./boxes.ts"

/** Boxes that last as long as their object: for tests and simulations. */
export function memoryBoxes(): BoxStore {
  const boxes = new Map<string, Stored & { expires: number }>()
  return {
    get size() {
      return boxes.size
    },
    get: (id) => boxes.get(toHex(id)) ?? null,
    put: (id, signature, content, expires) => void boxes.set(toHex(id), { signature, content, expires }),
    expire(now) {
      for (const [id, { expires }] of boxes) if (expires <= now) boxes.delete(id)
    },
  }
}
