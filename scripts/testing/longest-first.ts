import path from "node:path"
import type { TestSpecification } from "vitest/node"
import { BaseSequencer } from "vitest/node"
import { root } from "../../cli/bin/node.mjs"

/**
 * Files that take longest, by what they took: started last, one of them would keep a single core busy while the others wait. A fresh machine
 * knows no durations, and vitest would go by the sizes of files.
 */
const LONGEST = [
  "test/network/epochs.test.ts",
  "test/cli/conversation.test.ts",
  "test/network/operators.test.ts",
  "test/messenger/groups-trouble.test.ts",
  "test/messenger/groups.test.ts",
  "test/scenarios/idle-busy.test.ts",
  "test/messenger/absence.test.ts",
  "test/messenger/people.test.ts",
  "test/decoys/decoys.test.ts",
  "test/mls/histories.test.ts",
  "test/mls/histories-2.test.ts",
  "test/messenger/epochs.test.ts",
  "test/messenger/gateway.test.ts",
  "test/scenarios/storm.test.ts",
  "test/scenarios/crash.test.ts",
  "test/messenger/introductions.test.ts",
  "test/workerd/mix.workerd.test.ts",
  "test/workerd/dropbox.workerd.test.ts",
]

const PLACES: ReadonlyMap<string, number> = new Map(LONGEST.map((file, place) => [path.join(root, file), place]))
const placeOf = ({ moduleId }: TestSpecification): number => PLACES.get(path.normalize(moduleId)) ?? LONGEST.length

/** All else is in vitest's order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files)
    return usual.sort((a, b) => placeOf(a) - placeOf(b))
  }
}
