/** @file People with accounts: signing in, sessions and tokens that end, guesses that wait, roles that change at once. */
import { createClient } from '@capstan/api'
import { runningServer } from '@capstan/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addPerson, type Browser, browser, password, signedIn } from './people.ts'
import { refusalOf, startWorld, type World } from './world.ts'

let world: World
/** The clock of the server. */
let ahead = 0
const now = () => new Date(Date.now() + ahead)
const local = async () =>
  createClient({ baseUrl: world.server.address, token: (await runningServer(world.folder))!.token! })

beforeAll(async () => {
  world = await startWorld({ workers: 0, now })
})
afterAll(() => world.server.close())

describe('until somebody has an account', () => {
  test('whoever is at this machine needs no password', async () => {
    expect(await world.capstan.session.get()).toMatchObject({ mode: 'single', via: 'machine', member: null })
    expect(await refusalOf(world.capstan.account.sessions())).toMatchObject({ code: 'access/no-account' })
  })

  test('the first account is that of an owner', async () => {
    const { capstan } = world
    const viewer = await capstan.members.create({ body: { name: 'Viewer', roles: ['viewer'] } })
    const refusal = await refusalOf(
      capstan.members.setPassword({ params: { id: viewer.id }, body: { password } }),
    )
    expect(refusal.message).toContain('The first account must be that of an owner')
    expect(await refusalOf(capstan.members.invite({ params: { id: viewer.id }, body: {} }))).toMatchObject({
      status: 409,
    })
    expect((await capstan.session.get()).mode).toBe('single')
  })

  test.each([
    ['short', 'short', /at least 10/],
    ['what everybody tries', 'Password123', /guesses/],
    ['the name', 'ann-the-first-owner', /guesses/],
    ['a repetition', 'abababababab', /guesses/],
    ['endless', 'x'.repeat(300) + 'y', /at most 256/],
  ])('a password that is %s is refused', async (_, weak, says) => {
    const { capstan } = world
    const known = (await capstan.members.list()).find(({ name }) => name.startsWith('ann'))
    const ann = known ?? (await capstan.members.create({ body: { name: 'ann-the-first', roles: ['owner'] } }))
    const refusal = await refusalOf(
      capstan.members.setPassword({ params: { id: ann.id }, body: { password: weak } }),
    )
    expect(refusal.message).toMatch(says)
    expect((await capstan.session.get()).mode).toBe('single')
  })
})

describe('with accounts', () => {
  let owner: Browser
  const anybody = () => createClient({ baseUrl: world.server.address })

  test('nobody is let in without signing in; a stranger with a made-up cookie or header is nobody', async () => {
    const ann = (await world.capstan.members.list()).find(({ name }) => name === 'ann-the-first')!
    await world.capstan.members.setPassword({ params: { id: ann.id }, body: { password } })
    expect(await refusalOf(anybody().loop.get())).toMatchObject({ status: 401, code: 'access/sign-in' })
    for (const headers of [
      { cookie: `capstan_session=${'a'.repeat(43)}` },
      { 'x-capstan-member': ann.id },
    ] as Record<string, string>[])
      expect((await fetch(`${world.server.address}/api/v1/loop`, { headers })).status).toBe(401)
    expect(await anybody().session.get()).toMatchObject({ mode: 'accounts', via: null, member: null })
    owner = await signedIn(world, ' ANN-the-first ')
    expect(await owner.client.session.get()).toMatchObject({ via: 'session', member: { id: ann.id } })
  })

  test('the cookie is read by no script and sent by no other site; over https by https alone', async () => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-proto': 'https' }
    const response = await fetch(`${world.server.address}/api/v1/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'ann-the-first', password }),
    })
    const cookie = response.headers.get('set-cookie')!
    expect(cookie).toMatch(
      /^capstan_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
    )
    expect(owner.cookie()).toMatch(/^capstan_session=[\w-]{43}$/)
  })

  test('another site can use no session, whatever it sends', async () => {
    const cookie = owner.cookie()
    const body = JSON.stringify({ name: 'Eve', roles: ['owner'] })
    const json = { cookie, 'content-type': 'application/json' }
    for (const headers of [
      { ...json, origin: 'https://evil.example' },
      { ...json, origin: 'null' },
      { ...json, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    ] as Record<string, string>[]) {
      const response = await fetch(`${world.server.address}/api/v1/members`, {
        method: 'POST',
        headers,
        body,
      })
      expect(response.status).toBe(403)
      const signIn = await fetch(`${world.server.address}/api/v1/session`, { method: 'POST', headers, body })
      expect(signIn.status).toBe(403)
    }
    const form = await fetch(`${world.server.address}/api/v1/members`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'text/plain' },
      body,
    })
    expect(form.status).toBe(400)
    expect((await owner.client.members.list()).some(({ name }) => name === 'Eve')).toBe(false)
  })

  test('signing in changes the secret; the one before is worth nothing', async () => {
    const person = await signedIn(world, 'ann-the-first')
    const before = person.cookie()
    await person.client.session.signIn({ body: { name: 'ann-the-first', password } })
    expect(person.cookie()).not.toBe(before)
    const stolen = await fetch(`${world.server.address}/api/v1/loop`, { headers: { cookie: before } })
    expect(stolen.status).toBe(401)
  })

  test('a session ends when it is signed out of, here or everywhere, and with a new password', async () => {
    await addPerson(owner.client, 'Ben', ['engineer'])
    const [first, second, third] = [
      await signedIn(world, 'Ben'),
      await signedIn(world, 'Ben'),
      await signedIn(world, 'Ben'),
    ]
    const listed = await first.client.account.sessions()
    expect(listed).toHaveLength(3)
    expect(listed.filter(({ current }) => current)).toHaveLength(1)
    const stolen = first.cookie()
    await first.client.session.signOut()
    expect((await fetch(`${world.server.address}/api/v1/loop`, { headers: { cookie: stolen } })).status).toBe(
      401,
    )
    const other = 'another set of words'
    expect(
      await refusalOf(
        second.client.account.password({ body: { current: 'not it at all', password: other } }),
      ),
    ).toMatchObject({ status: 401, code: 'access/wrong-password' })
    await second.client.account.password({ body: { current: password, password: other } })
    expect((await third.client.session.get()).member).toBeNull()
    expect((await second.client.session.get()).member).toMatchObject({ name: 'Ben' })
    expect(await refusalOf(signedIn(world, 'Ben'))).toMatchObject({ code: 'access/wrong-password' })
    expect(await second.client.account.signOutEverywhere()).toEqual({ ended: 1 })
    expect((await second.client.session.get()).member).toBeNull()
  })

  test('a session that is not used for a week, or is a month old, has ended', async () => {
    await addPerson(owner.client, 'Cleo', ['viewer'])
    const cleo = await signedIn(world, 'Cleo')
    const day = 86_400_000
    try {
      for (let n = 0; n < 4; n++) {
        ahead += 6.9 * day
        expect((await cleo.client.session.get()).member).not.toBeNull()
      }
      ahead += 3 * day
      expect((await cleo.client.session.get()).member).toBeNull()
      const again = await signedIn(world, 'Cleo')
      ahead += 7.1 * day
      expect((await again.client.session.get()).member).toBeNull()
    } finally {
      ahead = 0
      // hers has ended as well
      owner = await signedIn(world, 'ann-the-first')
    }
  })

  test('roles change at once, for requests and for streams that are open', async () => {
    const dan = await addPerson(owner.client, 'Dan', ['lead'])
    const person = await signedIn(world, 'Dan')
    const stop = new AbortController()
    let opened!: () => void
    const open = new Promise<void>((resume) => {
      opened = resume
    })
    const stream = (async () => {
      for await (const _ of person.client.events({ signal: stop.signal, onOpen: opened })) {
        // whatever comes
      }
    })().catch(() => 'cut off')
    await open
    await person.client.risk.create({
      body: { name: 'Drift', frequency: { alpha: 1, beta: 1 }, loss: { kind: 'lognormal', low: 1, high: 2 } },
    })
    const seen = (await owner.client.members.list()).find(({ id }) => id === dan.id)!
    await owner.client.members.access({
      params: { id: dan.id },
      body: { revision: seen.revision!, roles: ['viewer'] },
    })
    expect(
      await refusalOf(
        person.client.risk.create({
          body: { name: 'x', frequency: { alpha: 1, beta: 1 }, loss: { kind: 'lognormal', low: 1, high: 2 } },
        }),
      ),
    ).toMatchObject({ status: 403, code: 'access/refused' })
    await owner.client.members.access({
      params: { id: dan.id },
      body: { revision: seen.revision! + 1, disabled: true },
    })
    expect((await person.client.session.get()).member).toBeNull()
    expect(
      await Promise.race([stream, new Promise((_, no) => setTimeout(no, 5000, new Error('still open')))]),
    ).not.toBe(null)
    stop.abort()
    expect(await refusalOf(signedIn(world, 'Dan'))).toMatchObject({ code: 'access/wrong-password' })
  })

  test('the last owner stays: neither demoted nor disabled', async () => {
    const ann = (await owner.client.members.list()).find(({ name }) => name === 'ann-the-first')!
    for (const change of [{ roles: ['lead' as const] }, { disabled: true }])
      expect(
        (
          await refusalOf(
            owner.client.members.access({
              params: { id: ann.id },
              body: { revision: ann.revision!, ...change },
            }),
          )
        ).message,
      ).toContain('last owner')
    await addPerson(owner.client, 'Olga', ['owner'])
    const olga = await signedIn(world, 'Olga')
    await olga.client.members.access({
      params: { id: ann.id },
      body: { revision: ann.revision!, roles: ['lead'] },
    })
    expect(await refusalOf(owner.client.members.accounts())).toMatchObject({ status: 403 })
    await olga.client.members.access({
      params: { id: ann.id },
      body: { revision: ann.revision! + 1, roles: ['owner'] },
    })
  })

  test('two people cannot sign in by one name', async () => {
    const twin = await owner.client.members.create({ body: { name: 'OLGA', roles: ['viewer'] } })
    expect(
      await refusalOf(owner.client.members.setPassword({ params: { id: twin.id }, body: { password } })),
    ).toMatchObject({ status: 409 })
  })

  test('nobody acts in the name of another, or sees another’s sessions and tokens', async () => {
    const eve = await addPerson(owner.client, 'Eva', ['engineer'])
    const person = await signedIn(world, 'Eva')
    const { token } = await owner.client.account.createToken({ body: { name: 'mine' } })
    const [session] = await owner.client.account.sessions()
    expect(await refusalOf(person.client.account.revokeToken({ params: { id: token.id } }))).toMatchObject({
      status: 404,
    })
    expect(await refusalOf(person.client.account.endSession({ params: { id: session!.id } }))).toMatchObject({
      status: 404,
    })
    expect((await owner.client.session.get()).member).not.toBeNull()
    expect(eve.id).not.toBe(session!.id)
  })

  test('an invitation is used once, and in time', async () => {
    const guest = await owner.client.members.create({ body: { name: 'Gao 高', roles: ['reviewer'] } })
    const first = await owner.client.members.invite({ params: { id: guest.id }, body: {} })
    const { code } = await owner.client.members.invite({ params: { id: guest.id }, body: { days: 1 } })
    const person = browser(world.server.address)
    const accept = (given: string, words = password) =>
      person.client.session.accept({ body: { code: given, password: words } })
    expect(await refusalOf(accept(first.code))).toMatchObject({ code: 'access/bad-invitation' })
    expect(await refusalOf(accept(code, 'short'))).toMatchObject({ status: 409 })
    ahead = 2 * 86_400_000
    expect(await refusalOf(accept(code))).toMatchObject({ code: 'access/bad-invitation' })
    ahead = 0
    expect(await accept(code)).toMatchObject({ member: { name: 'Gao 高', roles: ['reviewer'] } })
    expect(await refusalOf(accept(code))).toMatchObject({ code: 'access/bad-invitation' })
  })
})

describe('tokens', () => {
  let owner: Browser
  const withToken = (token: string) => createClient({ baseUrl: world.server.address, token })
  beforeAll(async () => {
    owner = await signedIn(world, 'Olga')
  })

  test('do what they are narrowed to, until they expire or are revoked', async () => {
    const { secret, token } = await owner.client.account.createToken({
      body: { name: 'ci', role: 'engineer', nouns: ['runs', 'experiments'], days: 2 },
    })
    const client = withToken(secret)
    expect((await client.experiments.create({ body: { name: 'by token' } })).name).toBe('by token')
    expect(await refusalOf(client.members.list())).toMatchObject({ status: 403, code: 'access/token-scope' })
    const { secret: reading } = await owner.client.account.createToken({
      body: { name: 'reads', readOnly: true },
    })
    expect((await withToken(reading).members.list()).length).toBeGreaterThan(0)
    expect(await refusalOf(withToken(reading).experiments.create({ body: { name: 'no' } }))).toMatchObject({
      code: 'access/token-scope',
    })
    expect(await refusalOf(withToken(reading).account.createToken({ body: { name: 'more' } }))).toMatchObject(
      {
        status: 403,
      },
    )
    const listed = (await owner.client.account.tokens()).find(({ id }) => id === token.id)!
    expect(listed.usedAt).not.toBeNull()
    expect(JSON.stringify(await owner.client.account.tokens())).not.toContain(secret.slice(4))
    ahead = 3 * 86_400_000
    expect(await refusalOf(client.experiments.list())).toMatchObject({
      status: 401,
      code: 'access/bad-token',
    })
    ahead = 0
    await owner.client.account.revokeToken({ params: { id: token.id } })
    expect(await refusalOf(client.experiments.list())).toMatchObject({ code: 'access/bad-token' })
  })

  test('cannot do more than their member', async () => {
    await addPerson(owner.client, 'Finn', ['viewer'])
    const finn = await signedIn(world, 'Finn')
    expect(
      await refusalOf(finn.client.account.createToken({ body: { name: 'x', role: 'owner' } })),
    ).toMatchObject({ status: 409 })
    const { secret } = await finn.client.account.createToken({ body: { name: 'x' } })
    expect(await refusalOf(withToken(secret).experiments.create({ body: { name: 'no' } }))).toMatchObject({
      status: 403,
    })
  })

  test('MLflow’s clients come with a token or with name and password', async () => {
    const { secret } = await owner.client.account.createToken({ body: { name: 'mlflow' } })
    const basic = (user: string, word: string) => ({
      authorization: `Basic ${Buffer.from(`${user}:${word}`).toString('base64')}`,
    })
    const search = (headers: Record<string, string>) =>
      fetch(`${world.server.address}/api/2.0/mlflow/experiments/search?max_results=1`, { headers })
    expect((await search({ authorization: `Bearer ${secret}` })).status).toBe(200)
    expect((await search(basic('anything', secret))).status).toBe(200)
    const many = await Promise.all(Array.from({ length: 12 }, () => search(basic('olga', password))))
    expect(many.map(({ status }) => status)).toEqual(many.map(() => 200))
    const wrong = await search(basic('olga', 'wrong password'))
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('www-authenticate')).toContain('Basic')
    const none = await search({})
    expect([none.status, ((await none.json()) as { error_code: string }).error_code]).toEqual([
      401,
      'UNAUTHENTICATED',
    ])
  })
})

describe('guessing', () => {
  const guess = (name: string, word: string) =>
    refusalOf(
      createClient({ baseUrl: world.server.address }).session.signIn({ body: { name, password: word } }),
    )

  test.each(['Eva', 'nobody of that name'])('%s: the fourth guess waits, longer each time', async (name) => {
    for (let n = 0; n < 3; n++)
      expect(await guess(name, `wrong guess ${n}`)).toMatchObject({
        status: 401,
        code: 'access/wrong-password',
      })
    expect(await guess(name, 'wrong guess 4')).toMatchObject({ code: 'access/wrong-password' })
    // not even the right one is heard now
    expect(await guess(name, password)).toMatchObject({ status: 429, code: 'access/wait' })
    ahead += 1100
    expect(await guess(name, 'wrong guess 5')).toMatchObject({ code: 'access/wrong-password' })
    ahead += 1100
    expect(await guess(name, 'wrong guess 6')).toMatchObject({ code: 'access/wait' })
    ahead += 1000
    if (name === 'Eva')
      expect((await (await signedIn(world, 'Eva')).client.session.get()).member).not.toBeNull()
  })

  test('many guesses at once are not heard', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => guess('Finn', `guess number ${i}`)),
    )
    const heard = answers.filter(({ code }) => code === 'access/wrong-password').length
    expect(heard).toBeLessThanOrEqual(4)
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true)
  })

  test('an unknown name takes as long as a wrong password', async () => {
    const timed = async (name: string) => {
      const times: number[] = []
      for (let n = 0; n < 3; n++) {
        const begun = performance.now()
        await guess(`${name}`, 'no password of anybody')
        times.push(performance.now() - begun)
      }
      return times.sort((a, b) => a - b)[1]!
    }
    const [known, unknown] = [await timed('Cleo'), await timed('somebody else')]
    expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(4)
    expect(Math.min(known, unknown)).toBeGreaterThan(10)
  })
})

test('secrets are kept by their hash alone, and the history tells who signed in', async () => {
  const owner = await local()
  const kept = JSON.stringify(await owner.loop.activity({ query: { limit: 500 } }))
  expect(kept).toContain('session.opened')
  expect(kept).toContain('token.revoked')
  expect(kept).not.toContain(password)
  const document = await (
    await fetch(`${world.server.address}/api/v1/workspace/export`, {
      headers: { authorization: `Bearer ${(await runningServer(world.folder))!.token}` },
    })
  ).text()
  expect(document).not.toMatch(/argon2id|cap_[\w-]{20}/)
  expect(await owner.loop.verifyActivity()).toMatchObject({ intact: true })
})
