import { createSphinx } from "sphinx-packet"
import { expect, test } from "vitest"
import { Dropbox } from "../../dropbox/dropbox.ts"
import { memoryBoxes } from "../../dropbox/memory-boxes.ts"
import { Mix } from "../../mix/mix.ts"
import { openDocument } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { keyAt } from "../../shared/route.ts"
import { VirtualClock } from "../sim/virtual-clock.ts"
import { AuthorityGroup } from "./authority-group.ts"
import { admissions } from "./authority-nodes.ts"
import { MINUTE, START } from "./authority-world.ts"
import { seeded } from "./seeded.ts"
import { x25519 } from "./x25519.ts"

test("over six key epochs nodes always have a document of three authorities in use, in which all nodes have a key for now", async () => {
  const clock = new VirtualClock(START)
  const parameters = defaultParameters
  expect(parameters.keyEpochSeconds).toBe(3600)
  const nodes = new Map<string, Mix | Dropbox>()
  const group: AuthorityGroup = await AuthorityGroup.start(
    {
      count: 3,
      parameters,
      admitted: admissions,
      clock,
      descriptor: async (url) => (await nodes.get(url)?.descriptor(clock.now())) ?? null,
      publish: async (url, document) => void (await nodes.get(url)!.onDirectory(document, clock.now())),
    },
    { skews: [0, 4_000, -3_000] },
  )
  for (const admission of admissions) {
    const random = seeded(admission.url)
    const config = { ...admission, authorities: group.authorities, parameters }
    const parts = { storage: memoryStorage(), random, x25519, sphinx: createSphinx({ random, x25519 }), config }
    nodes.set(admission.url, admission.role === "mix" ? await Mix.start(parts, clock.now()) : await Dropbox.start({ ...parts, boxes: memoryBoxes() }, clock.now()))
  }
  await clock.run(2 * MINUTE)
  const epochs = new Set<number>()
  for (let minute = 0; minute < 6 * 60; minute += 5) {
    // One after the other is away for a while, and the last two for the document of an hour.
    if (minute % 60 === 0) group.stop((minute / 60) % 3)
    if (minute % 60 === 40) await group.restart(((minute - 40) / 60) % 3)
    if (minute === 225) group.stop(1)
    if (minute === 245) await group.restart(1)
    await clock.run(5 * MINUTE)
    for (const node of nodes.values()) {
      const directory = await openDocument(node.document!, group.authorities)
      epochs.add(directory.epoch)
      expect(directory.nodes).toHaveLength(admissions.length)
      expect(directory.validUntil).toBeGreaterThan(clock.now())
      for (const entry of directory.nodes) expect(keyAt(entry, directory.parameters.keyEpochSeconds, clock.now()), `${entry.url} after ${minute}`).not.toBeNull()
    }
  }
  expect(epochs.size).toBeGreaterThanOrEqual(5)
  for (const index of [0, 1, 2]) expect(group.get(index).health(clock.now())).toMatchObject({ forks: 0, missing: 0 })
})
