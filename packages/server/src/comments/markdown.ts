/** @file Markdown as HTML that can do nothing: no markup of its own, no scripts, no pictures, no foreign schemes. */
import markdownIt from 'markdown-it'

const markdown = markdownIt('default', { html: false, linkify: true, breaks: true })
// a picture is a request to somewhere else, made by whoever reads
markdown.disable('image')
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
markdown.validateLink = (url) => /^(?:https?:|mailto:|#|\/(?![/\\]))/i.test(url.trim())
markdown.renderer.rules.link_open = (tokens, at) => {
  const href = tokens[at]!.attrGet('href') ?? ''
  return `<a href="${escaped(href)}" rel="noopener noreferrer nofollow">`
}
markdown.renderer.rules.fence = (tokens, at) => `<pre><code>${escaped(tokens[at]!.content)}</code></pre>\n`

const escaped = (text: string) => markdown.utils.escapeHtml(text)

export const htmlOf = (text: string): string => markdown.render(text)
