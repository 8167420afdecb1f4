/** @file The board's columns and the ballots of an approval. */
import type { Approval, Member, Task } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { ballotsOf, columnsOf, placeBy } from './team.view.ts'

const member = (id: string, roles: Member['roles']): Member => ({
  id,
  name: id,
  roles,
  skills: [],
  daysPerPeriod: 5,
  origin: 'typed',
  createdAt: '',
})

describe('team', () => {
  it('finds the place one up or down in a column', () => {
    const column = ['a', 'b', 'c'].map((id) => ({ id }))
    expect([placeBy(column, 'b', -1), placeBy(column, 'a', 1), placeBy(column, 'b', 1)]).toEqual([
      'a',
      'c',
      null,
    ])
    expect([placeBy(column, 'a', -1), placeBy(column, 'c', 1), placeBy(column, 'x', 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
  it('sorts tasks into columns and leaves out what was dropped', () => {
    const tasks = ['todo', 'done', 'dropped'].map((state, i) => ({ id: `t${i}`, state })) as Task[]
    expect(columnsOf(tasks).map(({ tasks }) => tasks.length)).toEqual([1, 0, 0, 0, 1])
  })
  const policy = {
    ...{ subject: 'release' as const, roles: ['engineer', 'reviewer'] as Member['roles'] },
    ...{ members: [] as string[], count: 0, notOwn: true, distinct: true },
  }
  const asked = { requestedBy: 'r', state: 'open' as const, expiresAt: null }
  const ballots = (votes: object[], members: Member[], own: object = {}) =>
    ballotsOf({ ...asked, votes: votes as Approval['votes'] }, { ...policy, ...own }, members).map(
      ({ member, role }) => `${member.id}:${role}`,
    )

  it('offers only the roles that are still wanted, to members who hold them', () => {
    const votes = [{ memberId: 'v', role: 'reviewer', vote: 'approve' }]
    expect(ballots(votes, [member('a', ['engineer', 'reviewer']), member('b', ['reviewer'])])).toEqual([
      'a:engineer',
    ])
  })
  it('offers no vote on what somebody asked for, and one to whoever is named', () => {
    expect(ballots([], [member('r', ['engineer'])])).toEqual([])
    expect(ballots([], [member('n', ['viewer'])], { roles: [], members: ['n'] })).toEqual(['n:viewer'])
  })
  it('lets owners stand in', () => {
    expect(ballots([], [member('o', ['owner'])])).toEqual(['o:owner'])
  })
})
