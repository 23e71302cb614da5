import { expect, test } from "vitest"
import { settingOf } from "../../bench/anonymity/experiments.ts"
import { parametersOf, peopleOf } from "../../bench/anonymity/measure.ts"
import { mean } from "../../bench/anonymity/measures.ts"
import { directoryOf } from "../../bench/anonymity/nodes.ts"
import { Observer, REQUEST, REQUEST_BACKWARDS } from "../../bench/anonymity/observer.ts"
import { streamOf } from "../../bench/anonymity/stream.ts"
import type { Packet, Seen } from "../../bench/anonymity/traffic.ts"
import { NetworkTraffic } from "../../bench/anonymity/traffic.ts"

/** How long the observer believes that requests are under way, as a share of how long they are: forwards, and backwards. */
function believed(users: number, length: number): { forwards: number; backwards: number } {
  const setting = settingOf("6", "observed", users)
  const directory = directoryOf(setting, parametersOf(setting))
  const random = streamOf(`observed ${users}`)
  const seen: Seen[] = []
  new NetworkTraffic(directory, peopleOf(setting, directory.layers[0], random), random, (one) => seen.push(one)).run(length + 30_000)
  const times = (is: (one: Seen) => boolean) => new Map(seen.filter(is).map(({ packet, at }) => [packet, at]))
  const left = times(({ arrives, from }) => !arrives && typeof from === "number")
  const arrived = times(({ arrives, to }) => arrives && typeof to !== "number" && to.role === "dropbox")
  const asked = [...arrived.keys()].filter((request) => left.get(request)! > 15_000 && left.get(request)! < 15_000 + length).filter((_, i) => i % 2 === 0)
  const share = (observer: Observer, time: (request: Packet, suspect: Packet) => number) => {
    const follow = (request: Packet) => [...observer.follow(new Map([[request, 1]]))].reduce((all, [suspect, likelihood]) => all + likelihood * time(request, suspect), 0)
    return mean(asked.map(follow)) / mean(asked.map((request) => time(request, request)))
  }
  return {
    forwards: share(new Observer(seen, REQUEST), (request, suspect) => arrived.get(suspect)! - left.get(request)!),
    backwards: share(new Observer(seen, REQUEST_BACKWARDS), (request, suspect) => arrived.get(request)! - left.get(suspect)!),
  }
}

test.each([[100, 30_000], [10, 300_000]])("of %i people the observer knows how long packets are under way, forwards and backwards", (users, length) => {
  const { forwards, backwards } = believed(users, length)
  expect(forwards).toBeCloseTo(1, 1)
  expect(backwards).toBeCloseTo(1, 1)
})
