/** @file Tests of the board: laws over any moves, and dependencies in circles. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BoardTask, byRank, dependencyCycle, editRefusal, moveOnBoard } from './board.ts'
import { isOpenTask, type TaskState, taskMoves } from './tasks.ts'

const states = Object.keys(taskMoves) as TaskState[]
const ids = ['a', 'b', 'c', 'd', 'e']

const task = (id: string, rest: Partial<BoardTask> = {}): BoardTask => ({
  id,
  title: id.toUpperCase(),
  state: 'todo',
  assigneeId: 'm',
  dependsOn: [],
  startEarly: false,
  rank: (ids.indexOf(id) + 1) * 1024,
  ...rest,
})

const boards = fc
  .tuple(
    ...ids.map((id, i) =>
      fc.record({
        assigneeId: fc.constantFrom(null, 'm'),
        startEarly: fc.boolean(),
        // on earlier ones only: no circles to begin with
        dependsOn: fc.subarray(ids.slice(0, i)),
        id: fc.constant(id),
      }),
    ),
  )
  .map((rest) => rest.map((one) => task(one.id, one)))
const moves = fc.array(
  fc.record({
    id: fc.constantFrom(...ids, 'nobody'),
    state: fc.option(fc.constantFrom(...states), { nil: undefined }),
    before: fc.option(fc.constantFrom(...ids, 'nobody', null), { nil: undefined }),
  }),
  { maxLength: 60 },
)

describe('any moves on any board', () => {
  it('are refused and change nothing, or are allowed and keep the rules', () => {
    fc.assert(
      fc.property(boards, moves, (start, all) => {
        let board = start
        for (const move of all) {
          const before = structuredClone(board)
          const result = moveOnBoard(board, move)
          expect(board).toEqual(before)
          if (!result.ok) continue
          const [old, now] = [before, result.value].map((b) => b.find(({ id }) => id === move.id)!)
          if (old!.state !== now!.state) {
            expect(taskMoves[old!.state]).toContain(now!.state)
            if (['doing', 'review', 'done'].includes(now!.state)) {
              expect(now!.assigneeId).not.toBeNull()
              const waiting = now!.dependsOn.some((id) => isOpenTask(board.find((t) => t.id === id)!.state))
              if (waiting) expect([now!.startEarly, now!.state === 'done']).toEqual([true, false])
            }
          }
          expect(new Set(result.value.map(({ rank }) => rank)).size).toBe(ids.length)
          const order = byRank(result.value).map(({ id }) => id)
          if (move.before === null) expect(order.at(-1)).toBe(move.id)
          else if (move.before !== undefined) expect(order[order.indexOf(move.id) + 1]).toBe(move.before)
          // whoever was not moved keeps its place among the others
          const rest = (b: BoardTask[]) =>
            byRank(b)
              .map(({ id }) => id)
              .filter((id) => id !== move.id)
          expect(rest(result.value)).toEqual(rest(before))
          board = result.value
        }
      }),
    )
  })

  it('keeps order after hundreds of moves between the same two', () => {
    let board = ids.map((id) => task(id))
    for (let i = 0; i < 500; i++) {
      const result = moveOnBoard(board, { id: i % 2 ? 'd' : 'e', before: i % 2 ? 'e' : 'd' })
      if (result.ok) board = result.value
    }
    expect(byRank(board).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe('dependencies', () => {
  const chain = [task('a'), task('b', { dependsOn: ['a'] }), task('c', { dependsOn: ['b'] })]

  it('in a circle are refused by the names along it', () => {
    const refusal = editRefusal(chain, { ...chain[0]!, dependsOn: ['c'] })
    expect(refusal).toEqual({ code: 'task.cycle', values: { cycle: 'A → C → B → A' } })
    expect(editRefusal(chain, { ...chain[0]!, dependsOn: ['a'] })!.values).toEqual({ cycle: 'A → A' })
    expect(editRefusal(chain, chain[2]!)).toBeNull()
    expect(editRefusal(chain, { ...chain[0]!, dependsOn: ['x'] })!.code).toBe('task.unknown')
  })

  it('that are open do not go onto what is under way, unless it may start early', () => {
    const doing = { ...chain[2]!, state: 'doing' as const }
    expect(editRefusal(chain, doing)!.code).toBe('task.waits')
    expect(editRefusal(chain, { ...doing, startEarly: true })).toBeNull()
    expect(editRefusal(chain, { ...doing, startEarly: true, assigneeId: null })!.code).toBe('task.noOwner')
  })

  it('of ten thousand in a row are followed', () => {
    const long = Array.from({ length: 10_000 }, (_, i) => ({
      id: `t${i}`,
      title: `t${i}`,
      dependsOn: i > 0 ? [`t${i - 1}`] : [],
    }))
    expect(dependencyCycle(long, { ...long[0]!, dependsOn: ['t9999'] })).toHaveLength(10_001)
    expect(dependencyCycle(long, long[9999]!)).toBeNull()
  })
})
