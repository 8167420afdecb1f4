/** @file Changes on the risk page: simulating again. */
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useSimulate = () => useWrite((seed: number) => capstan().risk.simulate({ body: { seed } }))
