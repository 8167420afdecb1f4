/** @file The page of who may call what agrees with the route table; MLflow's routes are all in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { api, mlflowRoutes, protocolRoutes } from '@capstan/api'
import { accessRoles, type Caller, verdictOf } from '@capstan/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mlflowHandlers } from '../../packages/server/src/mlflow/routes.ts'
import { accessPage, routesOf } from '../../scripts/access-page.mjs'
import { root } from './source.ts'

test('docs/access.md is what the tables say (npm run docs writes it)', () => {
  expect(readFileSync(join(root, 'docs/access.md'), 'utf8')).toBe(accessPage(api, protocolRoutes, verdictOf))
})

test('every route that MLflow’s clients may ask for is in the table', () => {
  expect([...mlflowRoutes].sort()).toEqual(Object.keys(mlflowHandlers({} as never)).sort())
})

test('nothing that changes something is open but signing in and out', () => {
  const open = routesOf(api, protocolRoutes).filter(([, , , , access]) => access === 'open')
  expect(open.map(([method, , name]) => `${method} ${name}`).filter((one) => !one.startsWith('GET'))).toEqual(
    ['POST session.signIn', 'POST session.accept', 'DELETE session.signOut'],
  )
})

test('a token never may more than its member, and a wider one never less', () => {
  const role = fc.constantFrom(...accessRoles.viewer)
  const access = fc.constantFrom(...(Object.keys(accessRoles) as (keyof typeof accessRoles)[]))
  const noun = fc.constantFrom('runs', 'account', 'members', 'mlflow')
  const nouns = fc.option(fc.uniqueArray(noun), { nil: null })
  fc.assert(
    fc.property(
      fc.uniqueArray(role, { minLength: 1 }),
      role,
      nouns,
      fc.boolean(),
      access,
      noun,
      (roles, top, some, readOnly, wants, of) => {
        const may = (scope: { role: typeof top; nouns: string[] | null; readOnly: boolean } | null) => {
          const caller: Caller = { kind: 'member', roles, scope }
          return verdictOf(caller, { access: wants, noun: of }) === 'allowed'
        }
        const narrow = may({ role: top, nouns: some, readOnly })
        if (narrow) {
          expect(may(null)).toBe(true)
          expect(may({ role: 'owner', nouns: null, readOnly })).toBe(true)
        }
        if (wants !== 'open' && of === 'account') expect(narrow).toBe(false)
      },
    ),
  )
})
