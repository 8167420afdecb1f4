/** @file The page docs/errors.md, made from the error catalogue. */

/** @param {Record<string, import('@capstan/api').ErrorEntry>} catalogue */
export function errorsPage(catalogue) {
  const rows = Object.entries(catalogue).map(
    ([code, { status, exit, en, 'zh-CN': zh }]) =>
      `| \`${code}\` | ${status} | ${exit} | ${en.message}<br>${en.hint} | ${zh.message}<br>${zh.hint} |`,
  )
  return `# Errors · 错误

Every error that a user can meet: its code, the HTTP status of a request, the exit status of a command, and what it says. A refused request changes nothing. Written by \`npm run docs\` from \`packages/api/src/errors/catalogue.ts\`.

| code | HTTP | exit | English | 中文 |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}
