/** Where one can go by name: people, and the pages of the app. */
import { computed, shallowRef, watch } from "vue"
import type { IconName } from "../components/icons.ts"
import type { Route } from "./address.ts"
import { conversationRows, pendingRows, routeToRow, rowName } from "./lists.ts"
import { t } from "../text/text.ts"

export interface Place {
  readonly key: string
  readonly name: string
  /** Pages have an icon, people their picture. */
  readonly icon: IconName | null
  readonly route: Route
  /** It is of several people, who may have set a picture. */
  readonly group?: boolean
  readonly picture?: Uint8Array | undefined
}

function pages(): Place[] {
  const texts = t.value
  return [
    { key: "new", name: texts.list.newContact, icon: "plus", route: { page: "new" } },
    { key: "invite", name: texts.invite.title, icon: "qr", route: { page: "invite" } },
    { key: "add", name: texts.add.title, icon: "enter", route: { page: "add" } },
    { key: "network", name: texts.network.title, icon: "network", route: { page: "network" } },
    { key: "ledger", name: texts.ledger.title, icon: "shield", route: { page: "ledger" } },
    { key: "settings", name: texts.settings.title, icon: "settings", route: { page: "settings" } },
    { key: "help", name: texts.help.title, icon: "info", route: { page: "help" } },
  ]
}

const people = (): Place[] => [...conversationRows.value, ...pendingRows.value].map((row) => ({ key: `contact ${row.id}`, name: rowName(row), icon: null, route: routeToRow(row), group: row.contact === null && !row.introduction, picture: row.conversation?.group?.picture }))

/** As one types it in a hurry: without case, accents and the like. */
export const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim()

/** Those whose name has all that was typed, word by word; a beginning comes before a middle. */
export function findPlaces(typed: string): Place[] {
  const words = plain(typed).split(/\s+/).filter(Boolean)
  const rank = (name: string) => (words.every((word) => name.split(/\s+/).some((part) => part.startsWith(word))) ? 0 : words.every((word) => name.includes(word)) ? 1 : 2)
  return [...people(), ...pages()]
    .map((place) => ({ place, rank: rank(plain(place.name)) }))
    .filter((one) => one.rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .map(({ place }) => place)
}

/** The places for what is typed, and which of them is chosen: it stays so while people move up and down in the list. */
export function usePlaces(typed: () => string) {
  const places = computed(() => findPlaces(typed()))
  const chosen = shallowRef<string>()
  watch(typed, () => (chosen.value = places.value[0]?.key), { immediate: true, flush: "sync" })
  const at = computed(() => Math.max(0, places.value.findIndex(({ key }) => key === chosen.value)))

  /** To the next one in this direction; behind the last comes the first. */
  function step(by: 1 | -1): void {
    const { length } = places.value
    chosen.value = places.value[(at.value + by + length) % length]?.key
  }
  return { places, at, step }
}
