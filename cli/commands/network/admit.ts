import * as v from "valibot"
import { fromHex, toHex } from "../../../shared/bytes.ts"
import type { Admission, AdmissionAnswer } from "../../../shared/directory/admission.ts"
import { signAdmission } from "../../../shared/directory/admission.ts"
import type { Call } from "../../command.ts"
import { Failure } from "../../failure.ts"
import { jsonLine, plainName } from "../../output.ts"
import { numberOption } from "../../arguments.ts"
import { adminSeed } from "./admin-key.ts"
import { authoritiesOption } from "./authorities.ts"
import type { Authority } from "./authorities.ts"
import { describedNode } from "./descriptor-text.ts"

const Answer = v.looseObject({ done: v.optional(v.string()), refused: v.optional(v.string()), rule: v.optional(v.string()), node: v.optional(v.string()), forced: v.optional(v.string()) })
const PATIENCE = 15_000

/** `sotto network admit NODE`: asks each of the operator's authorities to admit a node, or with --remove to let it go. */
export async function admit(call: Call, node: string): Promise<void> {
  const { options } = call.args
  const file = options.get("key")
  if (file === undefined) throw new Failure("--key is missing: the file with the admin key of the authority.")
  const seed = adminSeed(file)
  const authorities = await authoritiesOption(call.args)
  const remove = options.has("remove")
  const ask = remove ? { action: "remove" as const, url: await urlOf(node) } : await admissionOf(call, node)
  let refused = 0
  for (const authority of authorities) {
    const answer = await post(authority, signAdmission(seed, { time: Date.now(), authority: fromHex(authority.key), ...ask }))
    if (!("done" in answer)) refused++
    if (call.json) call.print(jsonLine({ authority: authority.url, ...answer }))
    else call.print(`${plainName(authority.url)}: ${sentence(answer)}`)
  }
  if (refused > 0) throw new Failure(`${refused} of ${authorities.length} authorities did not do it.`)
}

type Ask = { readonly action: "admit"; readonly admission: Admission; readonly force: boolean }
type Answered = AdmissionAnswer | { readonly refused: "silent" }

async function admissionOf(call: Call, node: string): Promise<Ask> {
  const { options } = call.args
  const { entry } = await describedNode(node)
  const layer = entry.role === "mix" ? numberOption(call.args, "layer", entry.layer, 1, 3) : 0
  const operator = options.get("operator") ?? entry.operator
  const provider = options.get("provider") ?? entry.provider
  if (layer !== entry.layer) throw new Failure(`The node says that it is of layer ${entry.layer}: what is to be in layer ${layer} must be started so.`)
  if (operator === "" || provider === "") throw new Failure("The node does not say who runs it and where: give --operator and --provider.")
  const what = entry.role === "mix" ? `mix in layer ${layer}` : "dropbox"
  call.note(`${plainName(entry.url)}, ${what}, run by ${plainName(operator)} at ${plainName(provider)}\nId ${toHex(entry.id)}`)
  return { action: "admit", force: options.has("force"), admission: { url: entry.url, role: entry.role, layer, operator, provider } }
}

/** A node that is to go may be gone already: then its URL is all that there is. */
async function urlOf(node: string): Promise<string> {
  return /^https?:\/\//.test(node) ? node.replace(/\/$/, "") : (await describedNode(node)).entry.url
}

async function post({ url }: Authority, body: Uint8Array<ArrayBuffer> | Uint8Array): Promise<Answered> {
  try {
    const response = await fetch(`${url}/admit`, { method: "POST", body: new Uint8Array(body), signal: AbortSignal.timeout(PATIENCE) })
    return v.parse(Answer, await response.json()) as AdmissionAnswer
  } catch {
    return { refused: "silent" }
  }
}

function sentence(answer: Answered): string {
  if ("done" in answer) return answer.forced ? `${answer.done}, though it breaks a rule (${RULES[answer.forced] ?? answer.forced})` : answer.done
  if (answer.refused === "layers") {
    const rule = RULES[answer.rule] ?? answer.rule
    return `refused: ${rule} (${plainName(answer.node)}); --force admits it all the same`
  }
  return `refused: ${REASONS[answer.refused] ?? plainName(answer.refused)}`
}

const RULES: Readonly<Record<string, string>> = {
  "operator-layer": "an operator's mixes stand in one layer",
  "provider-adjacent": "a provider's mixes do not stand in adjacent layers",
}

const REASONS: Readonly<Record<string, string>> = {
  silent: "it gives no answer",
  malformed: "it does not understand the request; is it another version?",
  closed: "it has no admin key (--admin-key of its deployment)",
  signature: "this is not its admin key",
  authority: "the request was made for another authority",
  old: "the clocks differ by more than 15 minutes",
  replayed: "it has had this request already",
  full: "it has no room for more nodes",
  unknown: "it knows no such node",
}

