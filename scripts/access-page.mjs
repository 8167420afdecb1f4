/** @file Writes docs/access.md: who may call which route, from the route table and the one decision over it. */

const human = (kind, more = {}) => ({ kind: 'member', roles: [kind], scope: null, ...more })

/** Who calls, by the head of their column. */
export const callers = [
  ['nobody', { kind: 'nobody' }],
  ['viewer', human('viewer')],
  ['reviewer', human('reviewer')],
  ['engineer', human('engineer')],
  ['lead', human('lead')],
  ['owner', human('owner')],
  ['token', human('owner', { scope: { role: 'owner', nouns: null, readOnly: true } })],
  ['run', { kind: 'run' }],
  ['worker', { kind: 'worker' }],
  ['machine', { kind: 'machine' }],
]

const marks = { allowed: 'yes', 'sign-in': '401', role: '403', scope: '403' }

/** @returns {[string, string, string, string, string][]} method, path, name, noun, access */
export function routesOf(api, others) {
  const own = Object.entries(api).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, { method, path, access }]) => [
      method,
      path,
      `${noun}.${verb}`,
      noun,
      access,
    ]),
  )
  return [...own, ...others.map(({ method, path, noun, access }) => [method, path, noun, noun, access])]
}

export function accessPage(api, others, verdictOf) {
  const rows = routesOf(api, others).map(([method, path, name, noun, access]) => {
    const cells = callers.map(([, caller]) => marks[verdictOf(caller, { access, noun })])
    return `| ${method} | \`${path}\` | ${name} | ${access} | ${cells.join(' | ')} |`
  })
  return `# Who may call what

Every route with every caller. Written by \`npm run docs\` from the route table (\`packages/api\`) and the one decision over it (\`packages/domain/src/team/access.ts\`); a test keeps page and tables equal, another tries every cell on a running server.

- **nobody**: has not said who they are, where people have accounts. 401: sign in. Until the first account is made, whoever is at this machine is *machine*.
- **viewer** to **owner**: a member of that role alone, signed in. Who has several roles may what any of them may. 403: not with this role.
- **token**: an owner's API token that only reads. A token does what its member may, narrowed to a role, to nouns, to reading; it never changes how somebody signs in (\`account\`).
- **run**: the command of a run, by the token that it was given. **worker**: a job worker, by the server's own token.
- **machine**: the person at this machine while nobody has an account, and whoever may read the workspace's folder.

What belongs to another member (sessions, tokens) is hidden: 404. In the name of another member nobody may act: 403. Any path below \`/api\`, \`/v1\` and \`/v2\` that is not here answers *nobody* with 401; \`/v2/health/live\` and \`/v2/health/ready\` answer everybody.

| | route | name | access | ${callers.map(([name]) => name).join(' | ')} |
| --- | --- | --- | --- | ${callers.map(() => '---').join(' | ')} |
${rows.join('\n')}
`
}
