/** @file What only the team's page reads, and changes to the team's work. */
import { queryOptions } from '@tanstack/react-query'
import { type BodyOf, capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const commentsOn = (taskId: string) =>
  queryOptions({
    queryKey: ['comments', taskId],
    queryFn: ({ signal }) => capstan().comments.list({ query: { noun: 'task', id: taskId } }, signal),
  })

export const teamLoad = () =>
  queryOptions({ queryKey: ['load'], queryFn: ({ signal }) => capstan().team.load(undefined, signal) })

export const busFactors = () =>
  queryOptions({ queryKey: ['bus'], queryFn: ({ signal }) => capstan().team.busFactors(undefined, signal) })

export const inboxOf = (memberId: string) =>
  queryOptions({
    queryKey: ['inbox', memberId],
    queryFn: ({ signal }) => capstan().inbox.list({ params: { id: memberId }, query: { limit: 50 } }, signal),
  })

export const useMoveTask = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'team', 'moveTask'>) =>
    capstan().team.moveTask({ params: { id }, body }),
  )

export const useAddTask = () =>
  useWrite((body: BodyOf<'team', 'createTask'>) => capstan().team.createTask({ body }))

export const useEditTask = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'team', 'editTask'>) =>
    capstan().team.editTask({ params: { id }, body }),
  )

export const useDecide = () => useWrite((body: BodyOf<'team', 'decide'>) => capstan().team.decide({ body }))

export const useRecordOutcome = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'team', 'recordOutcome'>) =>
    capstan().team.recordOutcome({ params: { id }, body }),
  )

export const useSetPolicy = () =>
  useWrite((body: BodyOf<'team', 'createPolicy'>) => capstan().team.createPolicy({ body }))

export const useComment = () =>
  useWrite(({ taskId, ...rest }: { taskId: string; authorId: string; text: string }) =>
    capstan().comments.create({ body: { subject: { noun: 'task', id: taskId }, ...rest } }),
  )

export const useRemoveComment = () => useWrite((id: string) => capstan().comments.remove({ params: { id } }))

export const useReadAll = () =>
  useWrite((memberId: string) => capstan().inbox.read({ params: { id: memberId }, body: {} }))

export const useEditMember = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'members', 'edit'>) =>
    capstan().members.edit({ params: { id }, body }),
  )
