/**
 * How well packets hide each other from somebody who watches every line, and from one who holds some of the mixes and the dropboxes, too:
 *   npm run simulate [-- --users 10,100 --speed balanced --minutes 10 --attempts 300 --mixes 2 --dropboxes 3 --telling 0 --delay 500 --writes 10 --seed 1 --json]
 * The clients' clock and ways and the mixes' delay pools are the product's own code, in virtual time; packets are not made. --telling: mixes of each layer that tell;
 * --writes: minutes between the messages of one user.
 */
import { choiceOption, numberOption, parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import { anonymityEstimate } from "../messenger/anonymity.ts"
import type { Outcome } from "./anonymity/measure.ts"
import { measure } from "./anonymity/measure.ts"
import type { Figures } from "./anonymity/measures.ts"

const MINUTE = 60_000

const args = parseArguments(process.argv.slice(2), {
  users: "value", speed: "value", minutes: "value", attempts: "value", mixes: "value", dropboxes: "value", telling: "value", delay: "value", writes: "value", seed: "value", json: "flag",
})
const users = (args.options.get("users") ?? "10,30,100").split(",").map(Number)
if (users.some((count) => !Number.isInteger(count) || count < 2 || count > 10_000)) throw new Failure("--users takes whole numbers from 2 to 10000, with commas.")

const outcomes = users.map((count) =>
  measure({
    seed: args.options.get("seed") ?? "1",
    users: count,
    speed: choiceOption(args, "speed", ["fast", "balanced", "saver"]) ?? "balanced",
    meanDelay: numberOption(args, "delay", 500, 1, 60_000),
    writes: numberOption(args, "writes", 10, 1, 100_000) * MINUTE,
    mixes: numberOption(args, "mixes", 2, 1, 100),
    dropboxes: numberOption(args, "dropboxes", 3, 1, 100),
    telling: numberOption(args, "telling", 0, 0, 100),
    reads: "waiting",
    length: numberOption(args, "minutes", 10, 1, 1000) * MINUTE,
    attempts: numberOption(args, "attempts", 300, 1, 100_000),
  }),
)

if (args.options.has("json")) console.log(JSON.stringify(outcomes))
else for (const outcome of outcomes) print(outcome)

function print({ setting, ...asked }: Outcome): void {
  const { users: count, speed, meanDelay, mixes, dropboxes, telling } = setting
  const formula = anonymityEstimate(speed, meanDelay, count).bits
  console.log(`\n${count} users, ${speed}, ${meanDelay} ms a mix, ${mixes} mixes a layer of which ${telling} tell, ${dropboxes} dropboxes; log2(λ·d) + 2.67 = ${formula.toFixed(2)} bits`)
  for (const [question, of] of Object.entries(asked) as [string, Figures][]) {
    console.log(
      `  ${question.padEnd(10)} ${of.bits.toFixed(2)} ± ${of.bitsWithin.toFixed(2)} bits; guessed ${percent(of.guessed)} ± ${percent(of.guessedWithin)} of ${of.attempts}; the right one was given ${percent(of.given)}, where ${percent(of.expected)} were to be expected`,
    )
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
