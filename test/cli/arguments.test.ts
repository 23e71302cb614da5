import { expect, test } from "vitest"
import { commands } from "../../cli/catalogue.ts"
import { sotto } from "./sotto.ts"

/** What is wrong with a call is said in one sentence, before anything is touched. */
const mistakes: [string[], RegExp][] = [
  [["fly"], /^There is no command "fly"; /],
  [["--json"], /^Which command\? /],
  [["list", "--colour"], /^There is no option --colour; /],
  [["list", "--as", "Anna"], /^There is no option --as; /],
  [["list", "--profile"], /^The option --profile needs a value\.$/],
  [["list", "--profile", "--json"], /^The option --profile needs a value\.$/],
  [["list", "--json", "--json"], /^The option --json is given twice\.$/],
  [["list", "--json=yes"], /^The option --json takes no value\.$/],
  [["list", "--timeout", "soon"], /^The option --timeout takes a whole number from 1 to 86400\.$/],
  [["list", "--profile-speed", "warp"], /^The option --profile-speed takes fast, balanced or saver\.$/],
  [["send", "Anna"], /^It is used like this: sotto send CONTACT\|GROUP TEXT /],
  [["send", "Anna", "a", "b"], /^It is used like this: sotto send CONTACT\|GROUP TEXT /],
  [["send", "Anna", "a", "--wait", "forever"], /^The option --wait takes queued, dropbox or received\.$/],
  [["list", "--profile", "/nowhere/at/all"], /^There is no profile in \/nowhere\/at\/all; /],
  [["init", "--profile", "/proc/sotto", "--network", "http://localhost:1", "--name", "A"], /^The profile's folder \/proc\/sotto cannot be used: /],
  [["trust", "Anna"], /^It is used like this: sotto trust CONTACT met\|compared\|introduced\|link$/],
  [["messages", "Anna", "--limit", "1000"], /^The option --limit takes a whole number from 1 to 200\.$/],
  [["retry", "--profile", "/nowhere/at/all"], /^There is no profile in /],
  [["bot", "parrot"], /^There is one bot: sotto bot echo\.$/],
]

test.each(mistakes)("sotto %j", async (words, sentence) => {
  const { code, out, err } = await sotto(words)
  expect(err.trimEnd()).toMatch(sentence)
  expect([code, out, err.trimEnd().split("\n").length]).toEqual([1, "", 1])
})

test.each([
  [["--network", "localhost"], /^"localhost" is not a URL/],
  [["--network", "ftp://localhost"], /not a URL that begins with http/],
  [["--network", "http://localhost:1#abc"], /^The network id after # has 64 characters/],
  [["--network", "http://localhost:1"], /^No network answers at http:\/\/localhost:1\/network\.json\.$/],
  [[], /^Which network\? /],
] as const)("sotto init %j", async (words, sentence) => {
  const { code, err } = await sotto(["init", "--name", "Anna", "--profile", "/tmp/sotto-never-finished", ...words])
  expect(err.trimEnd()).toMatch(sentence)
  expect([code, err.trimEnd().split("\n").length]).toEqual([1, 1])
})

test("--help tells what there is, without a profile", async () => {
  const { code, out, err } = await sotto(["--help"])
  expect([code, err]).toEqual([0, ""])
  for (const name of Object.keys(commands)) expect(out).toContain(`  sotto ${name}`)
  expect((await sotto(["read", "--help"])).out).toContain("--follow")
})
