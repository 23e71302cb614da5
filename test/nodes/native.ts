import { installNativeSubtle } from "../sim/native-subtle.ts"

// Imported before the nodes are, which take what is there. Not by what also runs in workerd.
installNativeSubtle()
