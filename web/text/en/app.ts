export const version = {
  title: "This version",
  number: (n: string) => `Sotto ${n}`,
  fingerprint: "Fingerprint",
  about: "It stands for all files of this app. Whoever has the source can compute it (“npm run fingerprint”); where both are the same, this is the app that everybody can read. A manipulated app could show anything here: “npm run fingerprint” with this address looks at the server’s files from outside.",
  none: "This browser does not keep the app: its files come from the server at each start.",
  ready: "A new version is ready. Changing over loads this page anew; drafts are kept.",
  readyFingerprint: "Fingerprint of the new version",
  use: "Change over",
  later: "Later",
  damaged: "The server gave files that are damaged or altered: they are not those that their version lists. Nothing was installed, and the version you have stays. Ask whoever runs this server.",
  behind: "Another tab has changed over to a new version. Load this one anew, too; drafts are kept.",
}

export const share = {
  title: "Put into a conversation",
  text: "Choose a conversation. The text goes into its field, and nothing is sent before you send it.",
  what: "What was shared",
  gone: "There is nothing to put anywhere any more. Share it once more.",
  nobody: "There is nobody to write to yet.",
  discard: "Discard it",
}

export const notify = {
  title: "Notifications",
  modes: { none: "None", that: "That something came", name: "Who wrote", text: "Who wrote what" },
  costs: {
    none: "You see what came when you look.",
    that: "“New message”, and nothing else.",
    name: "The name that you see them by. This device’s system learns it.",
    text: "Name and text. This device’s system learns both, and may show them on a locked screen, a watch or another device.",
  },
  hint: "Only while Sotto runs and is not in front; while it is locked they say “New message” at most. They never come from a server: that would tell the maker of your browser when you get messages.",
  refused: "This browser does not let Sotto show notifications. Its settings for this site can allow them.",
  none: "This browser shows no notifications.",
  message: "New message",
  counted: "Count unread messages on the app’s icon and in the tab’s title",
}

export const install = {
  title: "Install",
  text: "Installed, Sotto has a window and an icon of its own, and more browsers keep what it stores.",
  act: "Install Sotto",
  done: "Sotto is installed here.",
  ways: {
    ios: "In Safari: touch Share, then “Add to Home Screen”.",
    safari: "In Safari: File, then “Add to Dock”.",
    firefox: "In Firefox for Android: the menu, then “Install”. On a computer not every Firefox can; Chrome and Edge can.",
    other: "The menu of your browser may offer it.",
  },
  links: "Links that begin with web+sotto: hold a contact code. This browser can open them with Sotto.",
  linksAct: "Open such links with Sotto",
  linksDone: "The browser was asked. It may want you to say yes.",
  keep: "This browser may delete what Sotto keeps here when it runs short of room. Asking it to keep it helps, and so does a backup.",
}
