import { Failure } from "./failure.ts"

/** Whether a person sits at the terminal; a bot's parent process does not. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true && process.send === undefined
}

/** One line that is typed and not shown. Throws Failure on Ctrl+C and Ctrl+D. */
export function askHidden(question: string): Promise<string> {
  process.stderr.write(question)
  const { stdin } = process
  stdin.setRawMode(true)
  stdin.setEncoding("utf8")
  stdin.resume()
  return new Promise((resolve, reject) => {
    let line = ""
    const end = () => {
      stdin.off("data", hear)
      stdin.setRawMode(false)
      stdin.pause()
      process.stderr.write("\n")
    }
    const hear = (typed: string) => {
      for (const character of typed) {
        if (character === "\r" || character === "\n") return end(), resolve(line)
        if (character === "\u0003" || character === "\u0004") return end(), reject(new Failure("Interrupted."))
        if (character === "\u007f" || character === "\b") line = [...line].slice(0, -1).join("")
        else if (character >= " ") line += character
      }
    }
    stdin.on("data", hear)
  })
}
