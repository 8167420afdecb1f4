/** @file Drawings are scaled and centred as MNIST's were; logits become probabilities. */
import { describe, expect, it } from 'vitest'
import { boundsOf, type Ink, inferBody, normalised, probabilitiesOf } from './picture.view.ts'

function drawn(width: number, height: number, filled: (x: number, y: number) => boolean): Ink {
  const values = Float32Array.from({ length: width * height }, (_, i) =>
    filled(i % width, Math.floor(i / width)) ? 1 : 0,
  )
  return { width, height, values }
}

describe('picture', () => {
  it('finds nothing on an empty pad', () => {
    expect(normalised(drawn(280, 280, () => false))).toBeNull()
  })
  it('scales a bar in a corner to 20 high and puts it in the middle', () => {
    const bar = normalised(drawn(280, 280, (x, y) => x >= 10 && x < 30 && y >= 20 && y < 120))!
    const rows = Array.from({ length: 28 }, (_, y) => bar.slice(y * 28, y * 28 + 28).some((v) => v > 0.5))
    expect(rows.filter(Boolean)).toHaveLength(20)
    expect(rows.indexOf(true)).toBe(4)
    const columns = Array.from({ length: 28 }, (_, x) => rows.some((_, y) => bar[y * 28 + x]! > 0.5))
    expect(columns.filter(Boolean)).toHaveLength(4)
    expect(columns.indexOf(true)).toBe(12)
  })
  it('leaves a picture that already fits where it is', () => {
    const fitting = drawn(28, 28, (x, y) => x >= 4 && x < 24 && y >= 4 && y < 24)
    expect([...normalised(fitting)!]).toEqual([...fitting.values])
  })
  it('keeps all the ink inside, whatever is drawn', () => {
    const corner = normalised(drawn(100, 100, (x, y) => x < 3 || (x < 90 && y > 95)))!
    expect(corner.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(boundsOf({ width: 28, height: 28, values: corner })).not.toBeNull()
  })
  it('asks in the type that the model declares', () => {
    const picture = Float32Array.of(0, 0.5, 1, 0)
    const bytes = inferBody({ name: 'x', datatype: 'UINT8', shape: [-1, 1, 2, 2] }, picture, 2)
    expect(bytes.inputs[0]).toEqual({
      name: 'x',
      datatype: 'UINT8',
      shape: [1, 1, 2, 2],
      data: [0, 128, 255, 0],
    })
    expect(inferBody({ name: 'x', datatype: 'FP32', shape: [-1, 2, 2] }, picture, 2).inputs[0]).toMatchObject(
      {
        shape: [1, 2, 2],
        data: [0, 0.5, 1, 0],
      },
    )
  })
  it('reads probabilities and logits alike', () => {
    expect(probabilitiesOf([0.25, 0.75])).toEqual([0.25, 0.75])
    const [a, b] = probabilitiesOf([-3, 5])
    expect(a! + b!).toBeCloseTo(1)
    expect(b).toBeGreaterThan(0.99)
  })
})
