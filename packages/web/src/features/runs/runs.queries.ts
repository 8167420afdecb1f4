/** @file Changes to a run: cancelling it. */
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useCancelRun = () =>
  useWrite((id: string) => capstan().runs.cancel({ params: { id }, body: {} }))
