import { expect, test } from "vitest"
import { differentNetworks, networkSentences } from "../../cli/warnings.ts"
import type { NetworkView } from "../../messenger/network-view.ts"
import { contact } from "../web/views.ts"

const network = (more: Partial<NetworkView>) => ({ warning: null, clockOff: null, ...more }) as NetworkView

test("people who were shown other servers are named, and nobody else; what a name could do to a terminal is taken out of it", () => {
  const otherDirectory = { epoch: 7, at: 0 }
  expect(differentNetworks([contact("Ben"), contact("Carol")])).toEqual([])
  const [sentence, ...others] = differentNetworks([contact("Ben"), contact("Carol\u001b[2J", { otherDirectory })])
  expect(others).toEqual([])
  expect(sentence).toMatch(/^You and Carol\ufffd\[2J were shown different lists of servers/)
})

test("a clock that is wrong is told with its direction, and what the network's shape means", () => {
  expect(networkSentences(network({}))).toEqual([])
  expect(networkSentences(network({ clockOff: 600 }))[0]).toMatch(/^The clock of this device is 10 minutes ahead of/)
  expect(networkSentences(network({ clockOff: -180 }))[0]).toMatch(/^The clock of this device is 3 minutes behind/)
  expect(networkSentences(network({ warning: "two-directories" }))[0]).toMatch(/signed two different lists/)
})
