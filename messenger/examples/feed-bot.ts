// node messenger/examples/feed-bot.ts FOLDER http://localhost:8080 FEED [NAME], where FEED is a file or a URL
import { readFile } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { nodeParts } from "@sotto/messenger/node"
import { openDoor } from "./door.ts"
import { parseFeed } from "./feed.ts"
import { relay } from "./feed-relay.ts"
import { interrupted, openBot } from "./program.ts"

const FEED_MAX = 5_000_000
const EVERY = 60_000

const [folder, network, feed, name = "News"] = process.argv.slice(2)
if (folder === undefined || network === undefined || feed === undefined) throw new Error("give the bot's folder, the URL of the network's app, and the feed")

const { link } = await nodeParts()
const { messenger, close } = await openBot({ folder, network, name })
const door = openDoor(messenger, (code) => console.log(code))
const end = interrupted()
for (let ended = false; !ended; ) {
  const bytes = /^https?:/.test(feed) ? await link.fetch(feed, FEED_MAX) : await readFile(feed).catch(() => null)
  try {
    if (bytes !== null) await relay(messenger, parseFeed(new TextDecoder().decode(bytes)))
  } catch (error) {
    // Half of a file that is being written, or an error page in its place: the next look may find better.
    if (!(error instanceof SyntaxError)) throw error
    console.error(error.message)
  }
  ended = await Promise.race([end.then(() => true), sleep(EVERY, false)])
}
await door.stop()
await close()
process.exit()
