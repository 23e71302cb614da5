import { beforeEach, expect, test } from "vitest"
import { shallowRef } from "vue"
import type { ConversationView } from "../../messenger/api.ts"
import type { NetworkView } from "../../messenger/network-view.ts"
import { findPlaces, plain, usePlaces } from "../../web/state/places.ts"
import { apply } from "../../web/state/state.ts"
import { contact, conversation, message } from "./views.ts"

const people = ([["a", "Zoë Ångström"], ["b", "Mira Adeyemi"], ["c", "Amira"], ["d", "ليلى"]] as const).map(([id, name]) => contact(id, { name, state: id === "c" ? "waiting" : "ready" }))
beforeEach(() => apply({ type: "view", view: { profile: null, contacts: people, conversations: [], quarantine: [], introductions: [], network: { link: "online" } as NetworkView } }))

const names = (typed: string) => findPlaces(typed).map(({ name }) => name)

test("people and pages are found by any beginning of a word, without accents and case", () => {
  expect(names("zoe ang")).toEqual(["Zoë Ångström"])
  expect(names("adey")).toEqual(["Mira Adeyemi"])
  expect(names("ليل")).toEqual(["ليلى"])
  expect(names("settin")).toEqual(["Settings"])
  expect(names("nobody of that name")).toEqual([])
})

test("whoever begins so comes before whoever has it in the middle", () => {
  expect(names("mira")).toEqual(["Mira Adeyemi", "Amira"])
})

test("with nothing typed, all people and then all pages are there", () => {
  expect(names("")).toHaveLength(4 + 7)
  expect(names("").at(-1)).toBe("Help")
})

test("somebody whose code still waits is met on the page that says so", () => {
  expect(findPlaces("amira")[0]!.route).toEqual({ page: "contact", id: "c" })
  expect(findPlaces("adeyemi")[0]!.route).toEqual({ page: "conversation", id: "b", message: null })
})

test("a group is there with the picture that it has, as in the list; people have none", () => {
  const picture = new Uint8Array([1, 2, 3])
  const group = { standing: "in", role: "member", rights: "member", members: 2, by: null, waiting: [], muted: false, mentionsMuted: false, picture } as unknown as NonNullable<ConversationView["group"]>
  apply({ type: "view", view: { profile: null, contacts: people, conversations: [conversation("g", { kind: "group", title: "Garden", contact: null, group })], quarantine: [], introductions: [], network: { link: "online" } as NetworkView } })
  expect(findPlaces("garden")[0]).toMatchObject({ group: true, picture })
  expect(findPlaces("adeyemi")[0]).toMatchObject({ group: false, picture: undefined })
  expect(findPlaces("settings")[0]!.picture).toBe(undefined)
})

test("marks over letters and case are no differences", () => {
  expect(plain("  ÅNGSTRÖM ")).toBe("angstrom")
})

test("who is chosen stays so when a message moves people in the list, and the first one is chosen for what is typed", () => {
  const typed = shallowRef("")
  const { places, at, step } = usePlaces(() => typed.value)
  const chosen = () => places.value[at.value]?.name
  step(1)
  expect(chosen()).toBe("Mira Adeyemi")
  apply({ type: "conversation", conversation: conversation("d", { last: message(9) }) })
  expect(places.value[0]!.name).toBe("ليلى")
  expect(chosen()).toBe("Mira Adeyemi")

  step(-1)
  step(-1)
  expect(chosen()).toBe("ليلى")
  step(-1)
  expect(chosen()).toBe("Help")
  typed.value = "mira"
  expect(chosen()).toBe("Mira Adeyemi")
})
