import { fromHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { defaultParameters } from "../shared/directory/parameters.ts"
import type { Authorities, Directory } from "../shared/directory/document.ts"
import { networkId, nodeOf } from "../shared/directory/document.ts"
import type { Packet, SessionId } from "../shared/names.ts"
import type { ProfileView, Speed } from "./api.ts"
import { Changes } from "./changes.ts"
import { Choosing } from "./choosing.ts"
import type { Correspondence } from "./correspondence.ts"
import type { Prepared } from "./courier.ts"
import { Courier } from "./courier.ts"
import type { EngineParts } from "./engine-parts.ts"
import { Directories } from "./directories.ts"
import type { Correspondents } from "./late.ts"
import { loadCorrespondence } from "./late.ts"
import { networkView, profileView, type LinkState, type NetworkView } from "./network-view.ts"
import { Places } from "./places.ts"
import { randomStream } from "./random-stream.ts"
import type { Slot } from "./slots.ts"
import type { StoredClock, StoredProfile } from "./stored.ts"
import { keys, unpack, unpackIfAny } from "./stored.ts"
import { CLOCK_TOLERANCE, SETTLED_AFTER } from "./timing.ts"
import { Traffic } from "./traffic.ts"
import { Watches } from "./watches.ts"
import { Writes } from "./writes.ts"

/**
 * All that the messenger knows and decides. It calls nobody: what is to be stored and told is collected in `changes`, and what is to
 * be sent is returned. One entry runs at a time.
 */
export class Engine {
  readonly parts: EngineParts
  readonly changes = new Changes()
  readonly watches: Watches
  readonly writes: Writes
  readonly places = new Places()
  readonly traffic = new Traffic()
  readonly directories: Directories
  readonly authorities: Authorities
  readonly networkId: Uint8Array
  readonly #courier: Courier
  readonly #choosing: Choosing
  /** What it has to do with people, once the code is there and what is stored was read. */
  #correspondence: Correspondence | null = null
  #profile: StoredProfile | null = null
  #gateway: NodeEntry | null = null
  #session: SessionId | null = null
  #link: LinkState = "offline"
  /** When the session was made. */
  #since = 0
  /** How far our clock is ahead of the gateway's, ms. */
  #ahead = 0

  constructor(parts: EngineParts) {
    this.parts = parts
    const { store, random, now, network } = parts
    const isGood = (dropbox: NodeEntry) => !this.traffic.health.isFailing(dropbox, now())
    const watches = (this.watches = new Watches({ random, now, isGood, polling: () => this.#profile?.reads === "polling", lossy: () => this.traffic.health.isLossy }))
    const writes = (this.writes = new Writes({ random, now, isGood, stampBits: () => (this.directory?.parameters ?? defaultParameters).stampBits }))
    const { changes, places } = this
    this.authorities = { keys: network.authorities.map(({ key }) => fromHex(key)), threshold: network.threshold }
    this.networkId = networkId(this.authorities)
    this.directories = new Directories({
      store,
      changes,
      places,
      authorities: this.authorities,
      now,
      learnt: (epoch) => this.#correspondence?.learnt(epoch),
      placed: () => this.#correspondence?.inviting.resumeAll(),
    })
    this.#choosing = new Choosing({ watches, writes, sealing: () => this.#correspondence?.sealing ?? null, places, random })
    this.#courier = new Courier(parts.sphinx, parts.x25519, random)
  }

  /** What is stored can be shown; `resume` does the rest. Where somebody has begun it comes with the code for conversations, else that comes by `complete`. */
  async load(): Promise<void> {
    const { store } = this.parts
    const [profile, clock] = await Promise.all([store.get(keys.profile), store.get(keys.clock), this.directories.load()])
    if (profile !== null) this.#profile = unpack<StoredProfile>(profile)
    this.#ahead = unpackIfAny<StoredClock>(clock)?.ahead ?? 0
    if (profile === null) return
    const { Correspondence } = await loadCorrespondence()
    this.#correspondence = new Correspondence(this)
    await this.#correspondence.load()
  }

  /** Goes on with what it was at. Where there are contacts, MLS comes first: better not to start than to stop in the midst of a conversation. */
  async resume(): Promise<void> {
    if (this.#correspondence === null) return
    if (this.contacts.all().length > 0) await this.parts.mls.ready()
    await this.#correspondence.resume()
  }

  /** The code for conversations has come: what is stored of them is taken up. */
  async complete({ Correspondence }: Correspondents): Promise<void> {
    if (this.#correspondence !== null) return
    this.#correspondence = new Correspondence(this)
    try {
      await this.#correspondence.load()
      await this.resume()
    } catch (error) {
      this.#correspondence = null
      throw error
    }
  }

  get isComplete(): boolean {
    return this.#correspondence !== null
  }

  get correspondence(): Correspondence {
    if (this.#correspondence === null) throw new Error("conversations were asked for before their code was there")
    return this.#correspondence
  }

  get quarantine() {
    return this.correspondence.quarantine
  }

  get messages() {
    return this.correspondence.messages
  }

  get conversations() {
    return this.correspondence.conversations
  }

  get attachments() {
    return this.correspondence.attachments
  }

  get sealing() {
    return this.correspondence.sealing
  }

  get commits() {
    return this.correspondence.commits
  }

  get contacts() {
    return this.correspondence.contacts
  }

  get groups() {
    return this.correspondence.groups
  }

  get recovery() {
    return this.correspondence.recovery
  }

  get inviting() {
    return this.correspondence.inviting
  }

  get answering() {
    return this.correspondence.answering
  }

  get boxes() {
    return this.correspondence.boxes
  }

  get profile(): StoredProfile {
    if (this.#profile === null) throw new Error("no profile yet")
    return this.#profile
  }

  get hasProfile(): boolean {
    return this.#profile !== null
  }

  setProfile(profile: StoredProfile): void {
    this.#profile = profile
    this.changes.put(keys.profile, profile)
    this.changes.tell(() => ({ type: "profile", profile: this.profileView()! }))
    this.#correspondence?.keepDecoys()
  }

  get speed(): Speed {
    return this.#profile?.speed ?? "balanced"
  }

  get directory(): Directory | null {
    return this.directories.current
  }

  /** False where the document is not one of this network, older than what is known, or a second one of its epoch. */
  async useDirectory(document: Uint8Array): Promise<boolean> {
    const isUsed = await this.directories.use(document)
    // A gateway that has left the list serves its session until the connection ends.
    if (isUsed && this.#gateway !== null) this.#gateway = nodeOf(this.directory!, this.#gateway.id) ?? this.#gateway
    if (!isUsed) this.tellNetwork()
    return isUsed
  }

  /** What the gateway's clock shows. Who of the two is wrong is not known, but people know how late it is. */
  heardTime(time: number): void {
    const ahead = this.parts.now() - time
    if (Math.abs(ahead - this.#ahead) < CLOCK_TOLERANCE / 4) return
    this.#ahead = ahead
    this.changes.put(keys.clock, { ahead } satisfies StoredClock)
  }

  /** The link has changed; with `resumed` the session is the one of before, and its replies may still come. */
  linked(state: LinkState, gateway: NodeEntry | null, session: SessionId | null, resumed: boolean): void {
    this.#link = state
    this.#gateway = gateway
    if (session !== null) {
      this.#session = session
      if (!resumed) {
        this.#since = this.parts.now()
        this.#courier.forget()
        this.traffic.health.forget()
        this.watches.refresh()
        this.#correspondence?.linked()
      }
    }
    this.tellNetwork()
  }

  /** What is due by now gets under way. Asked before every slot; with `calm` there is time for more than a little work. */
  async wake(calm: boolean): Promise<void> {
    await this.#correspondence?.wake(calm)
  }

  /** Asked for each slot that passes without a network. */
  async rest(): Promise<void> {
    await this.#correspondence?.rest()
  }

  /**
   * Builds the packet of a slot; null where none can be sent now. Asked shortly before the slot comes; `calm` where no other packet
   * leaves until then.
   */
  async prepare({ kind, seed }: Pick<Slot, "kind" | "seed">, calm: boolean): Promise<Prepared | null> {
    const now = this.parts.now()
    if (this.directory === null || this.#gateway === null || this.#session === null || this.#profile === null) return null
    for (const trip of this.#courier.expire(now)) this.traffic.expired(trip, now)
    await this.wake(calm)
    const slot = randomStream(seed)
    const errand = await this.#choosing.choose(kind, slot, this.directory.parameters, now - this.#since > SETTLED_AFTER, calm)
    if (errand === null) return null
    const prepared = await this.#courier.prepare(errand, this.#post()!, now, slot)
    if (prepared !== null) return prepared
    errand.fate?.lost()
    // No packet can be made for this dropbox, or through a node drawn for it: then another, so that one leaves all the same.
    const cover = this.#choosing.cover(errand.hold)
    return cover === null ? null : this.#courier.prepare(cover, this.#post()!, now, slot)
  }

  /** What was prepared has left at `at`. */
  async sent(prepared: Prepared, at: number): Promise<void> {
    const post = this.#post()
    if (post === null) return this.unsent(prepared)
    this.traffic.left(await this.#courier.sent(prepared, post, at))
    this.tellNetwork()
  }

  /** What was prepared did not leave. */
  unsent(prepared: Prepared): void {
    prepared.errand.fate?.lost()
  }

  /** False where the packet answers nothing of ours. */
  async receive(packet: Packet): Promise<boolean> {
    const answer = await this.#courier.receive(packet, this.parts.now())
    if (answer === null) return false
    this.traffic.returned(answer.trip, this.parts.now())
    this.writes.heard()
    this.#correspondence?.commits.heard()
    await answer.errand.fate?.replied(answer.reply, answer.trip)
    this.tellNetwork()
    return true
  }

  tellNetwork(): void {
    this.changes.tell(() => ({ type: "network", network: this.networkView() }))
  }

  profileView(): ProfileView | null {
    return this.#profile === null ? null : profileView(this.#profile)
  }

  networkView(): NetworkView {
    const { name } = this.parts.network
    const state = { name, id: this.networkId, link: this.#link, gateway: this.#gateway, speed: this.speed, behind: this.watches.fresh, came: this.#correspondence?.conversations.came ?? 0, ahead: this.#ahead }
    return networkView(state, this.directories, this.traffic, this.parts.now())
  }

  #post() {
    if (this.directory === null || this.#gateway === null || this.#session === null) return null
    return { directory: this.directory, gateway: this.#gateway, session: this.#session, avoided: this.traffic.health.avoided(this.directory, this.parts.now()) }
  }
}
