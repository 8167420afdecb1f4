/** @file Changes to a sweep: stopping it. */
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useStopSweep = () =>
  useWrite((id: string) => capstan().sweeps.stop({ params: { id }, body: {} }))
