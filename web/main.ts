// First of all the engine: it loads its keys and connects while the screen is being put together.
import { startEngine } from "./state/engine.ts"
import { createApp } from "vue"
import App from "./App.vue"
import { startClock } from "./state/now.ts"
import { startRouting } from "./state/route.ts"
import { startTheme } from "./state/theme.ts"
import { startUpdates } from "./state/update.ts"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/controls.css"

startEngine()
startTheme()
startRouting()
startClock()
createApp(App).mount("#app")
void startUpdates()
