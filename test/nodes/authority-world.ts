import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import { openDocument } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { VirtualClock } from "../sim/virtual-clock.ts"
import type { GroupOptions } from "./authority-group.ts"
import { AuthorityGroup } from "./authority-group.ts"
import { admissions, descriptorAt } from "./authority-nodes.ts"

/** Half past a slot of ten minutes; rounds begin five minutes before each. */
export const START = Date.UTC(2027, 0, 15, 12, 10, 1)
export const MINUTE = 60_000
export const tenMinutes = { ...defaultParameters, keyEpochSeconds: 600, documentSeconds: 600 }
export const hourly = { ...defaultParameters, keyEpochSeconds: 3600, documentSeconds: 3600 }

export interface Beginning {
  readonly skews?: readonly number[]
  readonly down?: readonly number[]
  /** Before the authorities start. */
  readonly prepare?: (world: World) => void
}

/** Three authorities, or more, and the eight nodes that they all admit. */
export class World {
  readonly clock = new VirtualClock(START)
  group!: AuthorityGroup
  readonly parameters
  /** By URL: clocks of nodes less that of the world, ms. */
  readonly skews = new Map<string, number>()
  readonly down = new Set<string>()
  /** Whether a node answers this authority. */
  reaches: (url: string, authority: number) => boolean = () => true
  /** By URL: what nodes say otherwise. */
  readonly changes = new Map<string, Partial<NodeEntry>>()
  /** All that was brought to nodes, each once. */
  readonly published: Uint8Array[] = []
  readonly #said = new Map<string, Promise<Uint8Array>>()

  private constructor(parameters: typeof hourly) {
    this.parameters = parameters
  }

  static async start(options: Partial<GroupOptions> = {}, { prepare, ...when }: Beginning = {}): Promise<World> {
    const world = new World(options.parameters ?? tenMinutes)
    prepare?.(world)
    const { parameters, clock } = world
    const descriptor = (url: string, authority: number) => world.descriptor(url, authority)
    const publish = (_url: string, document: Uint8Array) => {
      if (!world.published.includes(document)) world.published.push(document)
    }
    world.group = await AuthorityGroup.start({ count: 3, admitted: admissions, parameters, clock, descriptor, publish, ...options }, when)
    return world
  }

  /** As a node answers; nodes are asked so often that half a minute of age saves much signing. */
  async descriptor(url: string, authority: number): Promise<Uint8Array | null> {
    if (this.down.has(url) || !this.reaches(url, authority)) return null
    const time = Math.floor((this.clock.now() + (this.skews.get(url) ?? 0)) / 30_000) * 30_000
    const name = `${url} ${time} ${JSON.stringify(this.changes.get(url) ?? {})}`
    if (!this.#said.has(name)) this.#said.set(name, descriptorAt(url, time, this.parameters.keyEpochSeconds, this.changes.get(url)))
    return this.#said.get(name)!
  }

  open(document: Uint8Array): Promise<Directory> {
    return openDocument(document, this.group.authorities)
  }

  /** What an authority has; throws where it has none. */
  directory(index: number): Promise<Directory> {
    return this.open(this.group.get(index).document!)
  }

  async urls(index: number): Promise<string[]> {
    return (await this.directory(index)).nodes.map(({ url }) => url).sort()
  }

  /** Until the authority has a document of this epoch or a later one; false where that takes longer than `duration` ms. */
  until(index: number, epoch: number, duration: number): Promise<boolean> {
    return this.clock.runUntil(() => (this.group.get(index).health(this.clock.now()).directory ?? 0) >= epoch, duration)
  }
}

export const allUrls = admissions.map(({ url }) => url).sort()
