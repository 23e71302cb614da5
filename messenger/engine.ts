import { fromHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { defaultParameters } from "../shared/directory/parameters.ts"
import type { Authorities, Directory } from "../shared/directory/document.ts"
import { networkId, nodeOf } from "../shared/directory/document.ts"
import type { Packet, SessionId } from "../shared/names.ts"
import { verdict } from "./allow.ts"
import { Answering } from "./answering.ts"
import type { ProfileView, Speed } from "./api.ts"
import { Changes } from "./changes.ts"
import { Choosing } from "./choosing.ts"
import { Commits } from "./commits.ts"
import { Comparing } from "./comparing.ts"
import { Contacts } from "./contacts.ts"
import { Conversations } from "./conversations.ts"
import type { Prepared } from "./courier.ts"
import { Courier } from "./courier.ts"
import { Decoys } from "./decoys.ts"
import type { EngineParts } from "./engine-parts.ts"
import { Directories } from "./directories.ts"
import { Expiry } from "./expiry.ts"
import { Inviting } from "./inviting.ts"
import { loadConversations } from "./loading.ts"
import { Messages } from "./messages.ts"
import { networkView, profileView, type LinkState, type NetworkView } from "./network-view.ts"
import { OwnBoxes } from "./own-boxes.ts"
import { Places } from "./places.ts"
import { Quarantine } from "./quarantine.ts"
import { Reading } from "./reading.ts"
import { Recovery } from "./recovery.ts"
import { Sealing } from "./sealing.ts"
import { randomStream } from "./random-stream.ts"
import type { Slot } from "./slots.ts"
import type { StoredClock, StoredDecoy, StoredProfile } from "./stored.ts"
import { keys, unpack, unpackAll, unpackIfAny } from "./stored.ts"
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
  readonly quarantine: Quarantine
  readonly messages: Messages
  readonly conversations: Conversations
  readonly boxes: OwnBoxes
  readonly sealing: Sealing
  readonly reading: Reading
  readonly commits: Commits
  readonly contacts: Contacts
  readonly recovery: Recovery
  readonly #expiry: Expiry
  readonly inviting: Inviting
  readonly answering: Answering
  readonly decoys: Decoys
  readonly directories: Directories
  readonly #comparing: Comparing
  readonly authorities: Authorities
  readonly networkId: Uint8Array
  readonly #courier: Courier
  readonly #choosing: Choosing
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
    const { store, random, now, mls, network } = parts
    const isGood = (dropbox: NodeEntry) => !this.traffic.health.isFailing(dropbox, now())
    const watches = (this.watches = new Watches({ random, now, isGood, polling: () => this.#profile?.reads === "polling", lossy: () => this.traffic.health.isLossy }))
    const writes = (this.writes = new Writes({ random, now, isGood, stampBits: () => (this.directory?.parameters ?? defaultParameters).stampBits }))
    const { changes, places } = this
    this.authorities = { keys: network.authorities.map(({ key }) => fromHex(key)), threshold: network.threshold }
    this.networkId = networkId(this.authorities)
    const speed = () => this.speed
    const directory = () => this.directory
    this.messages = new Messages({ store, changes, directory, speed })
    this.quarantine = new Quarantine(store, changes, now)
    this.conversations = new Conversations({
      store,
      changes,
      random,
      mls,
      messages: this.messages,
      watches,
      writes,
      places,
      quarantine: this.quarantine,
      now,
      directory,
      door: (conversation) => verdict(this.contacts.get(conversation)),
      said: (talk, epoch, prefix) => this.#comparing.said(talk, epoch, prefix),
      heard: (conversation) => this.contacts.heard(conversation),
      joined: (conversation, others) => this.contacts.identities.check(conversation, others),
      stated: (conversation, statement) => this.contacts.identities.stated(conversation, statement),
      contact: (conversation) => this.contacts.get(conversation),
      own: () => this.profile.identityPublic,
      device: () => this.profile.devicePublic,
      behind: (talk) => this.commits.behind(talk),
      copied: async (talk) => this.commits.stranded(talk),
      forked: (talk, reader, close) => this.commits.forks.found(talk, reader, close),
      told: (talk, reader, bytes) => this.commits.forks.told(talk, reader, bytes),
    })
    this.boxes = new OwnBoxes(this.conversations)
    this.sealing = new Sealing(this.conversations, this.boxes, (talk) => this.commits.isReady(talk))
    this.reading = new Reading(this.conversations)
    this.commits = new Commits(this.conversations, this.reading)
    this.contacts = new Contacts({
      store,
      changes,
      random,
      mls,
      watches,
      writes,
      places,
      conversations: this.conversations,
      reading: this.reading,
      now,
      networkId: this.networkId,
      profile: () => this.profile,
      setProfile: (profile) => this.setProfile(profile),
      speed,
      parameters: () => this.directory?.parameters ?? null,
    })
    this.directories = new Directories({
      store,
      changes,
      places,
      authorities: this.authorities,
      now,
      learnt: (epoch) => this.#comparing.learnt(epoch),
      placed: () => this.inviting.resumeAll(),
    })
    this.#comparing = new Comparing(this.conversations, this.directories.history, now, (id, epoch) => this.contacts.noteOtherDirectory(id, epoch))
    this.#expiry = new Expiry(this.conversations, this.boxes, this.commits.committing, () => (this.directory?.parameters ?? defaultParameters).boxDays)
    this.recovery = new Recovery(this.contacts, this.commits)
    this.inviting = new Inviting(this.contacts)
    this.answering = new Answering(this.contacts)
    this.decoys = new Decoys({ watches, writes, places, changes, random, now, conversations: this.conversations, isFree: () => !writes.busy && this.sealing.waiting() === null })
    this.#choosing = new Choosing({ watches, writes, sealing: this.sealing, places, random })
    this.#courier = new Courier(parts.sphinx, parts.x25519, random)
  }

  async load(): Promise<void> {
    const { store } = this.parts
    const profile = await store.get(keys.profile)
    if (profile !== null) this.#profile = unpack<StoredProfile>(profile)
    this.#ahead = unpackIfAny<StoredClock>(await store.get(keys.clock))?.ahead ?? 0
    await this.directories.load()
    await this.quarantine.load()
    await loadConversations(this)
    this.decoys.load(unpackAll<StoredDecoy>(await store.list(keys.decoys)))
    if (this.#profile !== null) this.decoys.keepUp(this.conversations.streams)
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
    this.decoys.keepUp(this.conversations.streams)
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
        if (this.commits.linked()) this.decoys.returned()
      }
    }
    this.tellNetwork()
  }

  /** What is due by now gets under way. Asked before every slot; with `calm` there is time for more than a little work. */
  async wake(calm: boolean): Promise<void> {
    this.decoys.keepUp(this.conversations.streams)
    await this.decoys.wake((this.directory?.parameters ?? defaultParameters).decoySeconds)
    await this.commits.wake(calm)
    await this.recovery.wake()
    await this.#expiry.wake()
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
    this.commits.heard()
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
    const state = { name, id: this.networkId, link: this.#link, gateway: this.#gateway, speed: this.speed, behind: this.watches.fresh, came: this.conversations.came, ahead: this.#ahead }
    return networkView(state, this.directories, this.traffic, this.parts.now())
  }

  #post() {
    if (this.directory === null || this.#gateway === null || this.#session === null) return null
    return { directory: this.directory, gateway: this.#gateway, session: this.#session, avoided: this.traffic.health.avoided(this.directory, this.parts.now()) }
  }
}
