import { expect, test } from "vitest"
import { Places } from "../../messenger/places.ts"
import { toHex } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"
import { dropboxNumber } from "./errands.ts"

const DAY = 86_400_000
const random = seeded("lookout")
const box = sized("BoxId", random(32))

function directory(listed: readonly NodeEntry[], known = listed): Directory {
  return { dropboxes: listed, byId: new Map(known.map((node) => [toHex(node.id), node])), parameters: { replicas: 2 } } as unknown as Directory
}

const all = [1, 2, 3, 4, 5, 6, 7, 8].map(dropboxNumber)

/** The network had one half of the dropboxes, then the other; all of them can still be asked. */
function places(changed: number): Places {
  const made = new Places()
  made.use(directory(all.slice(0, 4)))
  made.know(made.list(), changed)
  made.use(directory(all.slice(4), all))
  made.know(made.list(), changed + DAY)
  return made
}

const ids = (nodes: readonly NodeEntry[]) => nodes.map(({ id }) => toHex(id)).sort()

test("a box that was placed by a list of before is looked for there, too, and each place is asked before one is asked again", () => {
  const made = places(0)
  const old = new Places()
  old.use(directory(all.slice(0, 4)))
  const lookout = made.lookout(box, () => 0)
  expect(ids(lookout.places())).toEqual(ids([...made.current(box)(), ...old.current(box)()]))
  expect(lookout.places()).toHaveLength(4)
  const asked: NodeEntry[] = []
  while (lookout.rounds() === 0) {
    const [node] = lookout.places()
    asked.push(node!)
    lookout.empty(node!)
  }
  expect(new Set(ids(asked)).size).toBe(4)
  expect(lookout.places()).toHaveLength(4)
})

test("where nothing placed can lie any more nobody looks", () => {
  const made = places(0)
  expect(ids(made.lookout(box, () => 1).places())).toEqual(ids(made.current(box)()))
})

test("a dropbox that the directory lists no more is not asked", () => {
  const made = places(0)
  made.use(directory(all.slice(4)))
  expect(ids(made.lookout(box, () => 0).places())).toEqual(ids(made.current(box)()))
})
