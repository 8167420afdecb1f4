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
  it('offers only the roles that have not voted, to members who hold them', () => {
    const votes = [{ role: 'reviewer' }] as Approval['votes']
    const ballots = ballotsOf(
      { votes },
      ['engineer', 'reviewer'],
      [member('a', ['engineer', 'reviewer']), member('b', ['reviewer'])],
    )
    expect(ballots.map(({ member, role }) => `${member.id}:${role}`)).toEqual(['a:engineer'])
  })
})
