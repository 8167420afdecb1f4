/** @file People who sign in to a server under test, each with the cookie of their browser. */
import { type Client, createClient, type Member } from '@capstan/api'
import type { World } from './world.ts'

export const password = 'six anchors weighed'

export interface Browser {
  client: Client
  /** What it would send. */
  cookie(): string
  fetch: typeof fetch
}

/** Keeps the cookies that the server sets, as a browser does. */
export function browser(baseUrl: string, headers: Record<string, string> = {}): Browser {
  let cookie = ''
  const send: typeof fetch = async (input, init) => {
    const response = await fetch(input, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), ...headers, ...(cookie ? { cookie } : {}) },
    })
    const set = response.headers.get('set-cookie')
    if (set) cookie = /Max-Age=0/.test(set) ? '' : set.split(';')[0]!
    return response
  }
  return { client: createClient({ baseUrl, fetch: send }), cookie: () => cookie, fetch: send }
}

/** Makes a member with an account; the first one must be an owner. */
export async function addPerson(
  owner: Client,
  name: string,
  roles: Member['roles'],
): Promise<Member & { revision?: number }> {
  const member = await owner.members.create({ body: { name, roles } })
  await owner.members.setPassword({ params: { id: member.id }, body: { password } })
  return member
}

/** A client of somebody who has signed in. */
export async function signedIn({ server }: World, name: string): Promise<Browser> {
  const made = browser(server.address)
  await made.client.session.signIn({ body: { name, password } })
  return made
}
