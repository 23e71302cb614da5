// node messenger/examples/echo-bot.ts FOLDER http://localhost:8080 [NAME]
import { openDoor } from "./door.ts"
import { echo } from "./echo.ts"
import { interrupted, openBot } from "./program.ts"

const [folder, network, name = "Echo"] = process.argv.slice(2)
if (folder === undefined || network === undefined) throw new Error("give the bot's folder and the URL of the network's app")

const { messenger, close } = await openBot({ folder, network, name })
const door = openDoor(messenger, (code) => console.log(code))
const bot = echo(messenger)
await interrupted()
await door.stop()
await bot.stop()
await close()
