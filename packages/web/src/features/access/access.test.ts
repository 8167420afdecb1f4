/** @file Rows of members, and browsers by name. */
import { expect, test } from 'vitest'
import { agentName, memberRows } from './access.view.ts'

test('a member whose account is not told has none to show', () => {
  const member = {
    ...{ id: 'm', name: 'Ann', roles: ['lead' as const], skills: [], daysPerPeriod: 5 },
    ...{ origin: 'typed' as const, createdAt: '2026-01-01T00:00:00.000Z', revision: 3 },
  }
  expect(memberRows([member], undefined)).toEqual([
    { id: 'm', name: 'Ann', roles: ['lead'], revision: 3, account: null },
  ])
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36', 'Chrome 140, Linux'],
  ['Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0', 'Chrome 140, Windows'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 14.1; rv:130.0) Gecko/20100101 Firefox/130.0',
    'Firefox 130, macOS',
  ],
  ['node', 'Node.js'],
  ['', '?'],
])('%s is %s', (agent, name) => {
  expect(agentName(agent)).toBe(name)
})
