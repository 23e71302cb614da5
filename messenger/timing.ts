import type { Parameters } from "../shared/directory/parameters.ts"
import type { Speed } from "./api.ts"

/** Every duration of the client that is not a network parameter; ms unless named otherwise. design.md section 8. */

/** Mean gap between slots. */
export const SLOT_MEAN: Record<Speed, number> = { fast: 1000, balanced: 3000, saver: 15_000 }
/** Share of slots that ask to be answered at once. */
export const QUICK_SHARE = 3 / 4
/** A packet is built this long before it leaves, so that building never moves the moment of leaving. */
export const PREPARE_LEAD = 250
/** A tick later than this was slept through: it is dropped, and the next gap is drawn from now. */
export const TICK_LATE = 1500

/** So long after its start an engine of somebody who has not begun loads the rest of its code; again so long after that could not be had. */
export const COMPLETED_AFTER = 15_000
export const COMPLETED_AGAIN = 60_000

/** Mean wait of a confirmation that nothing carries. */
export const CONFIRM_MEAN = 60_000
/** In a group, and for each member who is there: all together confirm once in two minutes at most. */
export const GROUP_CONFIRM_MEAN = 10 * 60_000
export const GROUP_CONFIRM_EACH = 2 * 60_000
/** How soon contacts give each other KeyPackages, and from when on those are made anew: they are good for 90 days. */
export const PACKAGES_MEAN = 20 * 60_000
/**
 * The first ones go sooner, so that a group can be made with somebody whom one has just met: as soon as both would write something anyway, for the first
 * confirmation is as far away. They take places of cover, as all that is written, and no packet leaves sooner for them.
 */
export const PACKAGES_FIRST_MEAN = CONFIRM_MEAN
export const PACKAGES_LIFE = 60 * 86_400_000
/** Nobody is asked for KeyPackages, or gives some because of that, more often. */
export const ASK_AGAIN = 3_600_000
/** Who asks to be taken back into a group asks somebody else after so long, and is answered no more often than that. */
export const GROUP_PLEA_PATIENCE = 30 * 60_000
export const GROUP_PLEA_LEAST = 10 * 60_000
/** Due for so long, a confirmation goes before what was written since: who writes all the time must not let others write again what was read. */
export const CONFIRM_PATIENCE = 3 * CONFIRM_MEAN
/** Not confirmed for so long, a message has failed, and its box is not written again. */
export const MESSAGE_LIFE = 180 * 86_400_000
/** What is said of a message that has not come waits for it so long: message keys are not kept for longer. */
export const ACT_PATIENCE = 30 * 86_400_000
/** Dropboxes count from the full hour, and their clocks differ: what they keep is taken to be gone so long after its time. */
export const BOX_GONE = 3_600_000
/** So often an outbox is looked at for what became too old. */
export const EXPIRY_LOOK = 3_600_000
/** The own leaf's keys are renewed with the first message after so long, or after so many messages. */
export const RENEW_AFTER = 86_400_000
export const RENEW_MESSAGES = 100
/** So long an epoch lasts at least, and mean of what is waited beyond it, so that two who have waited for it seldom collide. */
export const EPOCH_LEAST = 2 * 60_000
/** In a group, and for each of the others: every one of them closes a stream, and reads where all others have closed theirs. What is wished meanwhile goes into one commit. */
const EPOCH_EACH = 30_000
export const COMMIT_BACKOFF = 60_000
/** After so many attempts at an epoch's commit that were void no commit box decides any more, but the fixed order. */
export const ATTEMPTS_MOST = 4
/** Of so many epochs that were left, and for so long, it is kept how to go back to them. */
export const SNAPSHOTS_MOST = 5
export const SNAPSHOT_LIFE = 25 * 86_400_000
/** Where others have gone on by a commit that cannot be had, this device waits so long before it pleads; who has a later leaf, longer. */
export const FORK_PATIENCE = 86_400_000
/** A box of a commit's body that is empty for so long after the claim may be filled by anybody. */
export const BODY_PATIENCE = 3_600_000
/** The second replica of a claim is waited for so long. */
export const COPY_PATIENCE = 10 * 60_000
/** Empty answers after which a replica is taken to have nothing. */
export const EMPTY_TRIES = 3
/** A commit that cannot be followed yet is looked at again after so long. */
export const LOOK_AGAIN = 10 * 60_000
/** Mean wait before a stream is closed by who has nothing to say. */
export const CLOSE_MEAN = 10 * 60_000
/** After an absence nothing is sealed before streams and commit box were looked at, but not for longer than this. */
export const ABSENT_AFTER = 10 * 60_000
export const LOOK_PATIENCE = 2 * 60_000
export const DAY = 86_400_000
/** Recovery boxes are looked into within so long after a start, and then after so long, on average. */
export const PLEA_LOOK_FIRST = 3 * 60_000
export const PLEA_LOOK_MEAN = DAY / 2
/** Away for so long, who finds nothing new in any stream of a conversation pleads; so does who is so many epochs behind. */
export const AWAY_LONG = 25 * DAY
export const EPOCHS_BEHIND = 50
/** The commit that leads on is looked for so long before a plea. */
export const STUCK_PATIENCE = 2 * 3_600_000
/** A commit that goes on with a list of dropboxes that no directory here ever had is void after so long: directories of those who are online differ by a few hours. */
export const LIST_PATIENCE = 6 * 3_600_000
/** Whoever was told that nothing was missed asks nobody else for so long. */
export const GROUP_PLEA_VAIN = 6 * 3_600_000
/** A leaf's certificate is renewed so long before it ends. */
export const CERTIFICATE_LEFT = 30 * DAY
/** A plea that is not repeated is answered for so long. */
export const PLEA_LIFE = 3 * DAY
/** What an epoch's boxes follow from is kept for so long after it was left, at most. */
export const EPOCH_LIFE = 90 * 86_400_000
/** How long the recovery material of a request is kept after its deadline, for replies that come late. */
export const LATE_REPLY = 10 * 60_000
export const DECOYS_LEAST = 3

/** Hashes of work for stamps in the preparation of one slot: 19 ms on a machine of 2026, and on a slow phone still less than the lead. */
export const WORK_AT_ONCE = 50_000
/** Mean waits of a write before a dropbox that does not answer is tried again (doubled each time), and of one that has no room. */
export const AGAIN_FIRST = 5_000
export const AGAIN_MOST = 10 * 60_000
export const FULL_FIRST = 60_000
export const FULL_MOST = 3_600_000

export const RECONNECT_FIRST = 1000
export const RECONNECT_MOST = 60_000
/** A gateway that cannot be reached for so long is left. */
export const GATEWAY_PATIENCE = 3 * 60_000
export const GATEWAY_LIFE = 30 * 86_400_000

/** A node through which nearly everything failed for so long is avoided where there is another. */
export const FAILING_AFTER = 60_000
/** A gateway through which nearly nothing was answered for so long is left. */
export const HOPELESS_AFTER = 5 * 60_000

/** Which directory was used when is known for so long, of ourselves and of others. */
export const DIRECTORY_MEMORY = 30 * 86_400_000
/** A clock that differs by less is right enough: keys of nodes are open for longer than that. */
export const CLOCK_TOLERANCE = 2 * 60_000
/** Boxes live for so long, and as long ago may be the day by whose list of dropboxes one was placed. */
export const PLACEMENT_MEMORY = 30 * 86_400_000
/** So often it is written down that a list of dropboxes is still in use. */
export const PLACEMENT_NOTED = 86_400_000
/** Clocks of people may be this far apart: a message is not older than its conversation by more. */
export const CLOCKS_APART = 86_400_000
/** A box behind which another was found has been written: so long after that, a read that waits for it is lost. */
export const OVERTAKEN_AFTER = 15_000

/** Tried for so long, and so often at each of its replicas, a box of a stream that none of them takes is void. */
export const VOID_AFTER = 10 * 60_000
export const VOID_TRIES = 3
/** What waits and is not held for so long, since there are too few held slots, is polled. */
export const UNHELD_AFTER = 60_000
/** A stream that has been silent for so long is polled half as often as one that just spoke; the least share that is left to all. */
export const POLL_ACTIVE = 2 * 60_000
export const POLL_LEAST = 1 / 4
/** Mean time between looks at a box behind the next of a stream, which may be void. */
export const SPARE_MEAN = 20 * 60_000

/** A code counts as not found when each place where its bundle may lie was asked so often, and had nothing. */
export const BUNDLE_TRIES = 2

/** Of a stream that spoke within this time the box behind the next is watched, too. */
export const STREAM_ACTIVE = 10 * 60_000
/** After a new session everything is looked at quickly for so long, so that it is soon known what has come. */
export const SETTLED_AFTER = 60_000
/** Nothing from the gateway for so long, and for so many slots: the connection is dead. */
export const SILENCE_LEAST = 60_000
export const SILENCE_SLOTS = 20

/** Mixes of a quick round trip: three out, four back. */
const ROUND_TRIP_DELAYS = 7
/** What links and processing cost in all, beyond the delays. */
const ROUND_TRIP_OVERHEAD = 500

export function expectedRoundTrip(parameters: Pick<Parameters, "meanDelay">): number {
  return ROUND_TRIP_DELAYS * parameters.meanDelay + ROUND_TRIP_OVERHEAD
}

/** How long an epoch lasts at least where so many others are heard. */
export function epochLeast(others: number): number {
  return Math.max(EPOCH_LEAST, others * EPOCH_EACH)
}

/** Mean wait until a quick slot comes. */
export function expectedSlot(speed: Speed): number {
  return SLOT_MEAN[speed] / QUICK_SHARE
}
