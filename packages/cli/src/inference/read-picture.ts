/** @file Reads a picture file as the model saw its training pictures: bright on dark, centred, 28 x 28. */

import { CapstanError } from '@capstan/api'
import sharp from 'sharp'

/** MNIST fits a digit into 20 of 28 pixels and centres its mass. */
const fitted = 20 / 28
/** Above it a border counts as light, so that the picture is inverted. */
const light = 127

export interface GreyPicture {
  width: number
  height: number
  pixels: Uint8Array
}

export async function readPicture(path: string, [height, width]: number[]): Promise<GreyPicture> {
  const size = { width: width!, height: height! }
  const read = await grey(path)
  const bright = darkBackground(read)
  if (read.width === size.width && read.height === size.height) return bright
  return centred(await trimmed(bright, size), size)
}

async function grey(path: string): Promise<GreyPicture> {
  try {
    const { data, info } = await sharp(path)
      .flatten({ background: '#fff' })
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, pixels: new Uint8Array(data) }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new CapstanError('dataset/invalid', { file: path, detail }, { cause })
  }
}

function darkBackground({ width, height, pixels }: GreyPicture): GreyPicture {
  let sum = 0
  let count = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (y === 0 || x === 0 || y === height - 1 || x === width - 1) {
        sum += pixels[y * width + x]!
        count++
      }
  return sum / count > light
    ? { width, height, pixels: pixels.map((value) => 255 - value) }
    : { width, height, pixels }
}

async function trimmed(
  { width, height, pixels }: GreyPicture,
  size: { width: number; height: number },
): Promise<GreyPicture> {
  const raw = { raw: { width, height, channels: 1 as const } }
  const cut = await sharp(pixels, raw)
    .trim({ background: '#000', threshold: 40 })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
    // nothing to trim: the picture is blank
    .catch(() => ({ data: pixels, info: { width, height } }))
  const { data, info } = await sharp(cut.data, {
    raw: { width: cut.info.width, height: cut.info.height, channels: 1 },
  })
    .resize({
      width: Math.round(size.width * fitted),
      height: Math.round(size.height * fitted),
      fit: 'inside',
    })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) }
}

/** Puts the centre of mass in the middle. */
function centred(picture: GreyPicture, { width, height }: { width: number; height: number }): GreyPicture {
  let mass = 0
  let atX = 0
  let atY = 0
  picture.pixels.forEach((value, i) => {
    mass += value
    atX += value * ((i % picture.width) + 0.5)
    atY += value * (Math.floor(i / picture.width) + 0.5)
  })
  const middleX = mass > 0 ? atX / mass : picture.width / 2
  const middleY = mass > 0 ? atY / mass : picture.height / 2
  const left = clamp(Math.round(width / 2 - middleX), width - picture.width)
  const top = clamp(Math.round(height / 2 - middleY), height - picture.height)
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++)
      pixels[(y + top) * width + x + left] = picture.pixels[y * picture.width + x]!
  return { width, height, pixels }
}

const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value))
