/** The help page, loaded when it is opened. Each answer is a few paragraphs. */
export const answers = {
  what: {
    question: "What is Sotto?",
    answer: [
      "A messenger that hides not only what you say, but also whom you say it to. There is no account and no phone number: your profile is made on this device and stays there.",
      "What you write is encrypted here, travels through three servers that mix it with other packets, and waits in a dropbox until the other device fetches it.",
    ],
  },
  slow: {
    question: "Why does a message take seconds?",
    answer: [
      "Your device sends packets at random moments all day, whether you write or not. A message waits for its turn among them, and each server holds it for a moment. So nobody can tell from the time of a packet that you wrote, or to whom.",
      "In the settings you can choose a faster speed. It costs more data.",
    ],
  },
  sees: {
    question: "Who can see what?",
    answer: [
      "Your internet provider, and whoever watches your line: that you use Sotto, and when. Not whether you write.",
      "Your gateway, the first server: your internet address, and that you are online.",
      "The other mixes: packets that come from one server and go to another.",
      "The dropbox: sealed blocks under addresses that are used once, and when they are written and read.",
      "The people you let in: your name, what you write to them, and when you wrote it.",
    ],
  },
  limits: {
    question: "What does it not protect from?",
    answer: [
      "Servers that work together: when one operator runs them all, that operator can find out whom you talk to. The network page says when it is so.",
      "Somebody who watches for months when you and others are online.",
      "Somebody who uses this device while it is unlocked, and malicious software on it.",
      "A manipulated version of this page: who runs the server can change the app.",
      "The people you write to. They can show your messages to others, and prove that they are yours.",
    ],
  },
  lost: {
    question: "I forgot my passphrase",
    answer: [
      "Nobody can bring it back; no server knows it. If you made a passkey, that opens Sotto, too.",
      "Otherwise erase everything on the lock screen. Then restore a backup whose passphrase you know, or begin anew and give your contacts new codes.",
    ],
  },
  move: {
    question: "How do I move to another device?",
    answer: [
      "Make a backup in the settings here, take the file to the other device, and choose “Restore a backup” there on the first screen.",
      "Then erase everything here. Two devices with the same profile take the conversations from each other.",
      "Your contacts’ devices let the new one back in by themselves when they are online. Until then nothing is sent.",
    ],
  },
  delivery: {
    question: "Does a message arrive when the other is offline?",
    answer: [
      "Yes. It waits in the dropbox. “Received” means that the other device has it, not that somebody has read it: there are no read receipts.",
    ],
  },
  takeBack: {
    question: "Can I change or take back what I wrote?",
    answer: [
      "Yes. Open a message of yours: “Edit” writes it anew for everyone, and what it said before can be read behind “edited”. “Delete” takes it away here or for everyone.",
      "For everyone means that the other devices are asked, and do so once they are online. Who has read, copied or photographed it may still have it. The same is true of messages that disappear, which you set on the page of a contact.",
      "An answer, a sign or a change goes the same road as a message, in packets that look the same.",
    ],
  },
}

/** The shape that every language fills. */
export type Answers = typeof answers
