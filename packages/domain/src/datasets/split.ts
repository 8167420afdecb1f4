/** @file Splits a labelled set into training and validation parts, stratified by class. */
import { seeded, shuffle } from '../chance/random.ts'

export type Split = { train: Int32Array; validation: Int32Array }

/**
 * Sample indices, ascending in each part. Every class gives `validationShare` of its samples to validation
 * (rounded so that the parts differ from the exact share by less than one sample per class, and a class
 * of two or more stays present in training). The same seed gives the same split.
 */
export const stratifiedSplit = (
  labels: ArrayLike<number>,
  { validationShare, seed }: { validationShare: number; seed: number },
): Split => {
  const random = seeded(seed)
  const byClass = new Map<number, number[]>()
  for (let i = 0; i < labels.length; i++) {
    const members = byClass.get(labels[i]!)
    if (members) members.push(i)
    else byClass.set(labels[i]!, [i])
  }
  const train: number[] = []
  const validation: number[] = []
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    const members = shuffle(byClass.get(label)!, random)
    const taken = Math.min(members.length - 1, Math.round(members.length * validationShare))
    members.forEach((index, place) => {
      if (place < taken) validation.push(index)
      else train.push(index)
    })
  }
  return { train: Int32Array.from(train).sort(), validation: Int32Array.from(validation).sort() }
}
