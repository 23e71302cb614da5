import type { ChildProcess } from "node:child_process"

export const root: string
export function newEnough(): boolean
export function suitableNode(): string
export function follow(child: ChildProcess): void
export function endWithNpm(child: ChildProcess): void
