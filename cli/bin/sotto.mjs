#!/usr/bin/env node
// `npx sotto`, from any folder and under any Node from 20.19 on: runs cli/main.ts under a Node that can.
import { spawn } from "node:child_process"
import path from "node:path"
import { follow, root, suitableNode } from "./node.mjs"

const main = path.join(root, "cli", "main.ts")
follow(spawn(suitableNode(), ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)], { stdio: "inherit" }))
