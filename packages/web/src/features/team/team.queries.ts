/** @file Changes to the team's work: moving a task. */
import type { Task } from '@capstan/api'
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useMoveTask = () =>
  useWrite(({ id, state }: { id: string; state: Task['state'] }) =>
    capstan().team.moveTask({ params: { id }, body: { state } }),
  )
