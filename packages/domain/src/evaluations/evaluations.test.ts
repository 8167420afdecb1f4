/** @file Tests of classification scores and calibration. */
import { describe, expect, it } from 'vitest'
import { argmax, calibration, softmax } from './calibration.ts'
import { accuracy, confusionMatrix, mostConfused, perClass, proportion } from './classification.ts'

describe('classification', () => {
  const matrix = confusionMatrix([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 0], 4)

  it('counts truth by prediction', () => {
    expect(matrix.counts).toEqual([
      [2, 1, 0, 0],
      [1, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 0],
    ])
    expect(accuracy(matrix).value).toBe(0.5)
    expect(() => confusionMatrix([0], [4], 4)).toThrow('class')
    expect(() => confusionMatrix([0], [], 4)).toThrow('1 labels')
  })

  it('leaves undefined scores undefined', () => {
    const [zero, , two, three] = perClass(matrix)
    expect(zero).toMatchObject({ support: 3, precision: 0.5, recall: 2 / 3 })
    expect(zero!.f1).toBeCloseTo(4 / 7, 12)
    expect(two).toMatchObject({ precision: null, recall: 0, f1: 0 })
    expect(three).toMatchObject({ precision: null, recall: null, f1: null })
  })

  it('finds the most confused pairs', () => {
    expect(mostConfused(matrix, 2)).toEqual([
      { truth: 0, predicted: 1, count: 1, shareOfTruth: 1 / 3 },
      { truth: 1, predicted: 0, count: 1, shareOfTruth: 0.5 },
    ])
  })

  it('Wilson interval: 9,810 of 10,000, and at the edges', () => {
    const { interval, standardError } = proportion(9810, 10_000)
    expect(interval[0]).toBeCloseTo(0.97813, 4)
    expect(interval[1]).toBeCloseTo(0.9835, 4)
    expect(standardError).toBeCloseTo(0.001365, 6)
    expect(proportion(10, 10).interval[0]).toBeCloseTo(0.7225, 4)
    expect(proportion(10, 10).standardError).toBeGreaterThan(0)
    expect(proportion(0, 0).interval).toEqual([0, 1])
  })
})

describe('calibration', () => {
  it('softmax rows sum to 1, and survive large logits', () => {
    const rows = softmax([1000, 1001, -5, 2], 2)
    expect(rows[0]! + rows[1]!).toBeCloseTo(1, 12)
    expect(rows[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12)
    expect([...argmax([1, 3, 3, 2, 0, 1], 3)]).toEqual([1, 0])
  })

  it('is 0 when right as often as said, and the gap otherwise', () => {
    const probabilities = [0.75, 0.25, 0.75, 0.25, 0.75, 0.25, 0.75, 0.25]
    const options = { classes: 2, kind: 'probabilities' as const }
    expect(calibration(probabilities, [0, 0, 0, 1], options).expectedCalibrationError).toBeCloseTo(0, 12)
    expect(calibration(probabilities, [1, 1, 1, 1], options).expectedCalibrationError).toBeCloseTo(0.75, 12)
    const { bins } = calibration(probabilities, [0, 0, 0, 1], options)
    expect(bins).toHaveLength(15)
    expect(bins.filter(({ count }) => count > 0)).toMatchObject([
      { count: 4, confidence: 0.75, accuracy: 0.75 },
    ])
  })

  it('reads logits', () => {
    const logits = [Math.log(0.9), Math.log(0.1)]
    const found = calibration(logits, [0], { classes: 2, kind: 'logits' })
    expect(found.expectedCalibrationError).toBeCloseTo(0.1, 12)
  })
})
