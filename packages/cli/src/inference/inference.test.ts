/** @file Tests of asking an endpoint: the request's body, and pictures as the model saw them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inferBody } from './infer.ts'
import { readPicture } from './read-picture.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capstan-picture-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a byte input takes the pixels, a real one shares of full brightness', () => {
  const pixels = Uint8Array.from([0, 255, 51, 102])
  const bytes = inferBody({ name: 'x', datatype: 'UINT8', shape: [-1, 1, 2, 2] }, pixels, [2, 2])
  expect(bytes).toEqual({
    inputs: [{ name: 'x', datatype: 'UINT8', shape: [1, 1, 2, 2], data: [0, 255, 51, 102] }],
  })
  const real = inferBody({ name: 'x', datatype: 'FP32', shape: [-1, 1, 2, 2] }, pixels, [2, 2])
  expect(real).toEqual({
    inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 1, 2, 2], data: [0, 1, 0.2, 0.4] }],
  })
})

/** A black stroke on white paper, left of the middle. */
const stroke = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="90">
  <rect width="120" height="90" fill="white"/><rect x="20" y="15" width="9" height="60" fill="black"/></svg>`

test('dark ink on light paper is inverted, fitted and centred', async () => {
  const file = join(folder, 'stroke.png')
  await sharp(Buffer.from(stroke)).png().toFile(file)
  const { width, height, pixels } = await readPicture(file, [28, 28])
  expect([width, height, pixels.length]).toEqual([28, 28, 784])
  const columns = Array.from({ length: 28 }, (_, x) =>
    Array.from({ length: 28 }, (_, y) => pixels[y * 28 + x]!).reduce((a, b) => a + b, 0),
  )
  const middle = columns.indexOf(Math.max(...columns))
  expect(middle).toBeGreaterThanOrEqual(12)
  expect(middle).toBeLessThanOrEqual(15)
  const lit = Array.from({ length: 28 }, (_, y) => pixels[y * 28 + middle]! > 128).filter(Boolean).length
  expect(lit).toBe(20)
  expect(pixels[0]).toBe(0)
})

test('a picture of the right size stays as it is', async () => {
  const data = Buffer.alloc(784)
  data[400] = 200
  const file = join(folder, 'small.png')
  await sharp(data, { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toFile(file)
  expect((await readPicture(file, [28, 28])).pixels[400]).toBe(200)
})

test('a file that is no picture is refused', async () => {
  await expect(readPicture(join(folder, 'none.png'), [28, 28])).rejects.toMatchObject({
    code: 'dataset/invalid',
  })
})
