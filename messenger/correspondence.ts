import { defaultParameters } from "../shared/directory/parameters.ts"
import { mayWriteIn, verdictOf } from "./allow.ts"
import { Answering } from "./answering.ts"
import type { CommandInput, CommandName, CommandOutput } from "./api.ts"
import { runCommand } from "./commands.ts"
import { Attachments } from "./attachments/attachments.ts"
import { Pieces } from "./attachments/pieces.ts"
import type { StoredAttachment } from "./attachments/stored-attachment.ts"
import { Commits } from "./commits.ts"
import { Comparing } from "./comparing.ts"
import { Contacts } from "./contacts.ts"
import { Conversations } from "./conversations.ts"
import { Decoys } from "./decoys.ts"
import { deleteEnded } from "./deleting.ts"
import type { Engine } from "./engine.ts"
import { Expiry } from "./expiry.ts"
import { Groups } from "./groups/groups.ts"
import { Introductions } from "./introductions/introductions.ts"
import { Inviting } from "./inviting.ts"
import { loadConversations, resumeConversations } from "./loading.ts"
import { Messages } from "./messages.ts"
import { OwnBoxes } from "./own-boxes.ts"
import { Quarantine } from "./quarantine.ts"
import { Reading } from "./reading.ts"
import { Recovery } from "./recovery.ts"
import { Sealing } from "./sealing.ts"
import type { StoredDecoy } from "./stored-decoy.ts"
import { keys, unpackAll } from "./stored.ts"

/**
 * What an engine has to do with people: contacts, conversations, all that keeps them going, and the decoys among them. Half of the engine's code, and who
 * has just begun needs none of it: it is loaded behind the rest (late.ts).
 */
export class Correspondence {
  readonly #engine: Engine
  readonly quarantine: Quarantine
  readonly messages: Messages
  readonly conversations: Conversations
  readonly attachments: Attachments
  readonly boxes: OwnBoxes
  readonly sealing: Sealing
  readonly reading: Reading
  readonly commits: Commits
  readonly contacts: Contacts
  readonly groups: Groups
  readonly recovery: Recovery
  readonly inviting: Inviting
  readonly answering: Answering
  readonly introductions: Introductions
  readonly decoys: Decoys
  readonly #comparing: Comparing
  readonly #expiry: Expiry
  #isResumed = false

  constructor(engine: Engine) {
    this.#engine = engine
    const { changes, places, watches, writes, networkId } = engine
    const { store, random, now, mls } = engine.parts
    const parameters = () => engine.directory?.parameters ?? null
    const directory = () => engine.directory
    const speed = () => engine.speed
    const erase = (attachment: StoredAttachment) => this.attachments.erase(attachment)
    this.messages = new Messages({ store, changes, directory, speed, known: (member) => this.contacts.known(member), erase })
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
      attachments: { came: (...given) => this.attachments.came(...given), asked: (...given) => this.attachments.asked(...given), erase },
      now,
      directory,
      door: (conversation) => verdictOf(this.conversations.get(conversation)?.stored, this.contacts.get(conversation)),
      mayWrite: (talk) => mayWriteIn(talk.stored, this.contacts.get(talk.stored.id)),
      shut: (talk, reader) => this.contacts.shut(talk.stored, reader),
      said: (talk, epoch, prefix) => this.#comparing.said(talk, epoch, prefix),
      heard: (conversation) => this.contacts.heard(conversation),
      joined: (conversation, others) => this.contacts.identities.check(conversation, others),
      stated: (conversation, statement) => this.contacts.identities.stated(conversation, statement),
      groups: {
        due: (talk) => this.groups.due(talk),
        plan: (talk) => this.groups.plan(talk),
        refused: (talk) => this.groups.refused(talk),
        entered: (talk, before, maker, welcome) => this.groups.entered(talk, before, maker, welcome),
        back: (talk, epoch) => this.groups.back(talk, epoch),
        removed: (talk, maker) => this.groups.removed(talk, maker),
        parcel: (talk, from, part) => this.groups.parcel(talk, from, part),
      },
      contact: (conversation) => this.contacts.get(conversation),
      own: () => engine.profile.identityPublic,
      device: () => engine.profile.devicePublic,
      behind: (talk) => this.commits.behind(talk),
      copied: async (talk) => this.commits.stranded(talk),
      forked: (talk, reader, close) => this.commits.forks.found(talk, reader, close),
      told: (talk, reader, bytes) => this.commits.forks.told(talk, reader, bytes),
    })
    const { conversations } = this
    const pieces = new Pieces(store, changes)
    this.attachments = new Attachments({ conversations, pieces, profile: () => engine.profile, parameters: () => parameters() ?? defaultParameters })
    this.boxes = new OwnBoxes(conversations)
    this.sealing = new Sealing(conversations, this.boxes, (talk) => this.commits.isReady(talk))
    this.reading = new Reading(conversations)
    this.commits = new Commits(conversations, this.reading)
    this.contacts = new Contacts({
      store,
      changes,
      random,
      mls,
      watches,
      writes,
      places,
      conversations,
      reading: this.reading,
      now,
      networkId,
      profile: () => engine.profile,
      setProfile: (profile) => engine.setProfile(profile),
      speed,
      parameters,
    })
    this.#comparing = new Comparing(conversations, engine.directories.history, now, (id, epoch) => this.contacts.noteOtherDirectory(id, epoch))
    this.#expiry = new Expiry(conversations, this.boxes, this.commits.committing, () => (parameters() ?? defaultParameters).boxDays)
    this.groups = new Groups(this.contacts, this.commits, (contact, bytes) => this.introductions.came(contact, bytes))
    this.recovery = new Recovery(this.contacts, this.commits, this.groups)
    this.inviting = new Inviting(this.contacts)
    this.answering = new Answering(this.contacts)
    this.introductions = new Introductions(this.contacts, this.inviting, this.answering)
    this.decoys = new Decoys({ watches, writes, places, changes, random, now, conversations, isFree: () => !writes.busy && this.sealing.waiting() === null })
  }

  /** What is stored of people can be shown; all of it is reached through the engine by now. */
  async load(): Promise<void> {
    await Promise.all([this.quarantine.load(), this.attachments.load(), this.introductions.load(), loadConversations(this.#engine)])
    // What has ended meanwhile is gone before anything is shown.
    while (await deleteEnded(this.conversations)) continue
  }

  /** Goes on with what it was at. */
  async resume(): Promise<void> {
    await resumeConversations(this.#engine)
    this.decoys.load(unpackAll<StoredDecoy>(await this.#engine.parts.store.list(keys.decoys)))
    this.#isResumed = true
    if (this.#engine.hasProfile) this.keepDecoys()
  }

  run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    return runCommand(this.#engine, name, input)
  }

  keepDecoys(): void {
    // Those that are stored come first.
    if (this.#isResumed) this.decoys.keepUp(this.conversations.streams)
  }

  /** What is due by now gets under way. Asked before every slot; with `calm` there is time for more than a little work. */
  async wake(calm: boolean): Promise<void> {
    this.keepDecoys()
    await this.decoys.wake((this.#engine.directory?.parameters ?? defaultParameters).decoySeconds)
    await this.commits.wake(calm)
    await this.recovery.wake()
    await this.groups.wake()
    await this.introductions.wake()
    await this.#expiry.wake()
    await this.attachments.wake(calm)
  }

  /** What disappears does so without a network, too. */
  async rest(): Promise<void> {
    await deleteEnded(this.conversations)
  }

  /** There is a new session with the gateway. */
  linked(): void {
    if (this.commits.linked()) this.decoys.returned()
  }

  /** An epoch of the directory was learnt. */
  learnt(epoch: number): void {
    this.#comparing.learnt(epoch)
  }
}
