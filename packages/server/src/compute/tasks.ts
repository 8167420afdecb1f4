/** @file What the compute thread can do: long pure work that must not block the event loop. */
import { simulateRunway } from '@capstan/domain'
import { modelContents } from '../artifacts/model.ts'
import { profileFiles } from '../datasets/profile.ts'
import { planScaling } from '../plans/fit.ts'
import { solveAllocation } from '../resources/solve.ts'
import { thinkProposal, thinkReview, thinkWhatIf } from '../review/thinking.ts'
import { simulateRisks } from '../risk/simulate.ts'
import { decideSweep, importanceOf } from '../sweeps/thinking.ts'

export const tasks = {
  ...{ decideSweep, importanceOf, modelContents, planScaling, profileFiles, simulateRisks, simulateRunway },
  simulateRunway,
  solveAllocation,
  thinkProposal,
  thinkReview,
  thinkWhatIf,
}
