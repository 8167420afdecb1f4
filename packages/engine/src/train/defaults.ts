/** @file What training takes where nothing is given. */
import { crossEntropy } from '../loss/cross-entropy.ts'
import { adam } from '../optim/adam.ts'

const defaults = () => ({
  scale: 1,
  loss: crossEntropy(),
  optimiser: adam(),
  augment: [],
  seed: 0,
  shuffle: true,
  stepsPerCall: 50,
  accumulate: 1,
  callbacks: {},
  checkpointEvery: { epochs: 1 },
  clock: () => performance.now(),
})

/** An option that is undefined is one that is left out. */
export const withDefaults = <T extends object>(options: T): ReturnType<typeof defaults> & T => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...defaults(), ...(Object.fromEntries(given) as T) }
}
