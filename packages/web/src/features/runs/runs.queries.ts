/** @file Changes to a run: cancelling it, and queueing it again. */
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useCancelRun = () =>
  useWrite((id: string) => capstan().runs.cancel({ params: { id }, body: {} }))

export const useResumeRun = () =>
  useWrite((id: string) => capstan().runs.resume({ params: { id }, body: {} }))
