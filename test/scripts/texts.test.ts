import { describe, expect, test } from "vitest"
import { sources } from "../../scripts/checking/sources.ts"
import { strayTexts } from "../../scripts/checking/strays.ts"
import { physicalStyles } from "../../scripts/checking/styles.ts"

const all = sources()

test("no text that somebody reads stands outside of the message files", () => {
  expect(strayTexts(all)).toEqual([])
})

test("no style says left or right where the language decides", () => {
  expect(physicalStyles(all)).toEqual([])
})

const component = (template: string, script = "") => [{ file: "web/views/Page.vue", text: `<script setup lang="ts">\n${script}\n</script>\n<template>\n${template}\n</template>\n` }]

describe("a text is found in", () => {
  test.each([
    ["an element", "<p>Hello</p>"],
    ["an element inside of others", "<div><p v-if=\"a\"><b>Hello</b></p></div>"],
    ["an attribute", '<button aria-label="Close" />'],
    ["a property of a component", '<NameField label="Name" />'],
    ["a bound attribute", "<img :alt=\"own ? 'Mine' : t.theirs\" />"],
    ["an interpolation", "<p>{{ own ? \"You\" : name }}</p>"],
    ["a template string", "<p>{{ `${n} messages` }}</p>"],
    ["what a text is handed", "<p>{{ t.list.network('online') }}</p>"],
  ])("%s", (_, template) => {
    expect(strayTexts(component(template))).toHaveLength(1)
  })

  test.each([
    ["an object that is shown", 'const steps = [{ label: "Ready", state: "next" }]'],
    ["the title of the page", "document.title = `Sotto (${n})`"],
  ])("%s", (_, script) => {
    expect(strayTexts(component("<p />", script))).toHaveLength(1)
  })
})

test("names of states, icons and classes are no texts, nor are signs", () => {
  const template = `<p :class="{ own: a }" role="status" title=""><LineIcon name="lock" />{{ state === "ready" ? t.a : t.b["late"] }} · {{ " " }}{{ format("day", time) }}</p>`
  expect(strayTexts(component(template, 'const phase = shallowRef<"a" | "b">("a")'))).toEqual([])
})

test.each(["margin-left: 1rem;", "left: 0;", "text-align: right;", "border-top-left-radius: 0;", ".a { right: 0 }"])("a style that says %s is found", (line) => {
  expect(physicalStyles([{ file: "web/styles/a.css", text: `${line}\n` }])).toHaveLength(1)
})

test("styles that follow the language are left alone, and so are scripts and the notch", () => {
  const text = '<script setup>\nconst a = { left: 1 }\n</script>\n<style scoped>\na {\n  margin-inline-start: 1rem;\n  padding-left: env(safe-area-inset-left);\n}\n</style>\n'
  expect(physicalStyles([{ file: "web/views/Page.vue", text }])).toEqual([])
})
