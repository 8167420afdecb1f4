/** @file `capstan members`: who is here, who can sign in, and as what. */
import { CapstanError, type Client, type Member, type Role } from '@capstan/api'
import { readSecret } from '../access/secret.ts'
import type { Context } from '../context.ts'
import { onServer } from '../runs/on-server.ts'

interface Options {
  workspace: string
  json?: boolean
}

export function membersList(context: Context, options: Options): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const members = await client.members.list()
    // only owners are told who can sign in
    const accounts = await client.members.accounts().catch(() => [])
    const states = new Map(accounts.map((account) => [account.memberId, account.state]))
    if (options.json) {
      const told = members.map((member) => ({ ...member, account: states.get(member.id) ?? null }))
      return screen.line(JSON.stringify(told, null, 2))
    }
    screen.table([
      ['id', say('column.name'), say('column.roles'), say('column.account')],
      ...members.map(({ id, name, roles }) => {
        const state = states.get(id)
        return [id, name, roles.join(', '), state ? say(`account.${state}`) : '-']
      }),
    ])
  })
}

export interface AddOptions extends Options {
  role: Role[]
  skill: string[]
  passwordStdin?: boolean
  invite?: boolean
  /** false with `--no-account`. */
  account: boolean
}

/** A member with an account: the password is asked for, or an invitation is printed. */
export function membersAdd(context: Context, name: string, options: AddOptions): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const password =
      options.account && !options.invite
        ? await readSecret(context, say('members.password', { name }), options.passwordStdin)
        : null
    const roles: Role[] = options.role.length > 0 ? options.role : ['engineer']
    const known = (await client.members.list()).find((member) => member.name === name)
    const member = known ?? (await client.members.create({ body: { name, roles, skills: options.skill } }))
    screen.line(say(known ? 'members.known' : 'members.added', { name, roles: member.roles.join(', ') }))
    if (password !== null) {
      await client.members.setPassword({ params: { id: member.id }, body: { password } })
      screen.line(say('members.signsIn', { name }))
    } else if (options.invite) await invite(context, client, member)
  })
}

export function membersInvite(context: Context, name: string, options: Options): Promise<number> {
  return onServer(context, options, async ({ client }) =>
    invite(context, client, await memberOf(context, client, name)),
  )
}

async function invite({ say, screen }: Context, client: Client, { id, name }: Member): Promise<void> {
  const { code, expiresAt } = await client.members.invite({ params: { id }, body: {} })
  screen.line(say('members.invited', { name, until: expiresAt.slice(0, 10) }))
  screen.line(code)
}

export interface EditOptions extends Options {
  role: Role[]
  disable?: boolean
  enable?: boolean
}

export function membersEdit(context: Context, name: string, options: EditOptions): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const member = await memberOf(context, client, name)
    const disabled = options.disable ? true : options.enable ? false : undefined
    const after = await client.members.access({
      params: { id: member.id },
      body: {
        revision: member.revision ?? 1,
        ...(options.role.length > 0 ? { roles: options.role } : {}),
        ...(disabled === undefined ? {} : { disabled }),
      },
    })
    screen.line(say('members.edited', { name: after.name, roles: after.roles.join(', ') }))
  })
}

export function membersPassword(
  context: Context,
  name: string,
  options: Options & { passwordStdin?: boolean },
): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const { id } = await memberOf(context, client, name)
    const password = await readSecret(context, say('members.password', { name }), options.passwordStdin)
    await client.members.setPassword({ params: { id }, body: { password } })
    screen.line(say('members.signsIn', { name }))
  })
}

export function membersSignOut(context: Context, name: string, options: Options): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const { id } = await memberOf(context, client, name)
    screen.line(say('members.signedOut', { name, ...(await client.members.signOut({ params: { id } })) }))
  })
}

/** @throws {CapstanError} `request/not-found` */
async function memberOf(_: Context, client: Client, given: string): Promise<Member> {
  const found = (await client.members.list()).find(({ id, name }) => id === given || name === given)
  if (!found) throw new CapstanError('request/not-found', { noun: 'member', id: given })
  return found
}
