import { expect, test } from "vitest"
import { parseFeed } from "../../messenger/examples/feed.ts"

const ATOM = `<?xml version="1.0" encoding="utf-8"?>
<!-- made by hand -->
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
  <title>News &amp; more</title>
  <link href="https://example.org/"/>
  <entry>
    <title type="html">Mixes &lt;b&gt;at work&lt;/b&gt; &#8212; &#x1F9E4;</title>
    <media:title>not this one</media:title>
    <link rel="enclosure" href="https://example.org/sound.ogg"/>
    <link rel='alternate' href='https://example.org/1?a=1&amp;b=2'/>
    <author><name>Anna</name></author>
  </entry>
  <entry><title><![CDATA[Second <i>entry</i> & last]]></title><link href="javascript:alert(1)"/></entry>
</feed>`

const RSS = `<rss version="2.0"><channel><title>News</title><link>https://example.org/</link>
  <item><title>First
    of two</title><link>https://example.org/first</link><description>&lt;p&gt;Long.&lt;/p&gt;</description></item>
  <item><link> https://example.org/second </link></item>
  <item><description>neither title nor link</description></item>
</channel></rss>`

test("entries of Atom and RSS are read with their titles as text and links of the web only", () => {
  expect(parseFeed(ATOM)).toEqual([
    { title: "Mixes at work — 🧤", link: "https://example.org/1?a=1&b=2" },
    { title: "Second entry & last", link: null },
  ])
  expect(parseFeed(RSS)).toEqual([
    { title: "First of two", link: "https://example.org/first" },
    { title: "", link: "https://example.org/second" },
  ])
})

test.each([
  ["nothing", ""],
  ["a page", "<!doctype html><html><body>404</body></html>"],
  ["an entity of its own", `<!DOCTYPE feed [<!ENTITY a "aaaa">]><feed><entry><title>&a;</title></entry></feed>`],
  ["one that ends early", ATOM.slice(0, 500)],
  ["overlapping elements", "<rss><item><title>a</item></title></rss>"],
  ["a comment without an end", "<rss><!-- </rss>"],
  ["a tag without an end", "<rss><item"],
  ["depth without an end", `<rss>${"<a>".repeat(100)}`],
  ["other XML", "<note><to>Anna</to></note>"],
])("%s is no feed", (_, source) => {
  expect(() => parseFeed(source)).toThrow(SyntaxError)
})

test("what is not shown on one line is taken out of a title, and a long one is cut", () => {
  const [entry] = parseFeed(`<rss><item><title>a\u0007b\n&#0;c ${"x".repeat(1000)}</title></item></rss>`)
  expect(entry!.title).toMatch(/^a b c x+…$/)
  expect(entry!.title.length).toBe(300)
})
