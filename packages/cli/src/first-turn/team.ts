/** @file First turn, team: members, tasks with owners, the gate, and who must approve a release. */
import type { Member, Task } from '@capstan/api'
import {
  accuracyTarget,
  calibrationLimit,
  type MemberKey,
  members,
  modelName,
  type TaskKey,
  tasks,
} from './plan.ts'
import type { Resources } from './resources.ts'
import { clientOf, ensure, type Turn } from './turn.ts'

export interface Team {
  members: Record<MemberKey, Member>
  tasks: Record<TaskKey, Task>
}

export async function team(turn: Turn, { main }: Resources): Promise<Team> {
  const client = clientOf(turn)
  const { text } = turn.plan
  const people = {} as Record<MemberKey, Member>
  for (const [key, member] of Object.entries(members) as [MemberKey, (typeof members)[MemberKey]][])
    people[key] = await ensure(
      client.members.list(),
      ({ name }) => name === text.members[key],
      () => client.members.create({ body: { name: text.members[key], ...member, origin: 'demonstration' } }),
    )
  const work = {} as Record<TaskKey, Task>
  for (const [key, task] of Object.entries(tasks) as [TaskKey, (typeof tasks)[TaskKey]][])
    work[key] = await ensure(
      client.team.tasks(),
      ({ title, initiativeId }) => title === text.tasks[key] && initiativeId === main.id,
      () =>
        client.team.createTask({
          body: {
            initiativeId: main.id,
            title: text.tasks[key],
            assigneeId: people[task.assignee].id,
            dependsOn: task.after.map((other) => work[other].id),
            estimateDays: task.days,
            origin: 'demonstration',
          },
        }),
    )
  await ensure(
    client.team.policies(),
    () => true,
    () => client.team.createPolicy({ body: { roles: ['engineer', 'reviewer'] } }),
  )
  await ensure(
    client.registry.gates(),
    (gate) => gate.modelName === modelName,
    () =>
      client.registry.createGate({
        body: {
          modelName,
          rules: [
            { metric: 'accuracy', op: '>=', value: accuracyTarget },
            { metric: 'calibration-error', op: '<=', value: calibrationLimit },
          ],
        },
      }),
  )
  report()
  return { members: people, tasks: work }

  function report(): void {
    const { screen, say } = turn.context
    const { format } = turn
    screen.heading(say('turn.team'))
    screen.rows([
      ...(Object.keys(tasks) as TaskKey[]).map((key): [string, string] => [
        people[tasks[key].assignee].name,
        say('turn.task', { title: work[key].title, days: format.amount(tasks[key].days, 'day') }),
      ]),
      [
        say('turn.gate'),
        say('turn.gateRules', {
          accuracy: format.percent(accuracyTarget, 0),
          calibration: format.percent(calibrationLimit, 0),
        }),
      ],
      [say('turn.approval'), say('turn.approvalRule')],
    ])
  }
}
