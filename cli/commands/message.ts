import type { MessageView, SendState } from "../../messenger/api.ts"
import type { Journey, NodeView } from "../../messenger/network-view.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { messageLine, messageObject } from "../message-line.ts"
import { isoTime, jsonLine, localTime, plainName } from "../output.ts"
import { problems } from "./send.ts"

const STATES: readonly SendState[] = ["queued", "mix", "dropbox", "received", "failed"]

export const message: Command = {
  usage: "ID",
  summary: "Prints one message with its states, their times, and the way it took; \"sotto messages --ids\" shows ids. Needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    await atRest(call, async (messenger) => {
      const view = await messenger.run("view", {})
      const { message: found } = await messenger.run("message", { message: call.args.words[0]! })
      if (found === null) throw new Failure("There is no message of this id; \"sotto messages CONTACT --ids\" shows ids.")
      if (call.json) return call.print(jsonLine({ ...messageObject(found, view), ...details(found) }))
      call.print(messageLine(found, view))
      for (const line of lines(found)) call.print(line)
    })
  },
}

function details({ position, times, expected, problem, replicas, journey }: MessageView): object {
  const dated = Object.fromEntries(Object.entries(times).map(([state, time]) => [state, isoTime(time)]))
  return { position, times: dated, expected: isoTime(expected), problem, replicas, journey }
}

function lines({ own, received, times, expected, problem, replicas, journey }: MessageView): string[] {
  const states = STATES.flatMap((state) => (times[state] === undefined ? [] : [row(state, localTime(times[state]))]))
  return [
    ...(own || received === null ? states : [row("received", localTime(received))]),
    ...(replicas === null ? [] : [row("dropboxes", `${replicas.stored} of ${replicas.of}`)]),
    ...(problem === null ? [] : [row("problem", problems[problem])]),
    ...(expected === null ? [] : [row("expected", `the next state by ${localTime(expected)}`)]),
    ...(journey === null ? [] : way(journey)),
  ]
}

function way({ out, back }: Journey): string[] {
  const names = (nodes: readonly NodeView[]) => nodes.map(({ host, operator }) => `${plainName(host)} (${plainName(operator)})`).join(", ")
  return [row("out", names(out)), row("back", names(back))]
}

const row = (name: string, text: string) => `  ${name.padEnd(10)} ${text}`
