/** @file The designs that come by name, made for the shape of the data. */
import type { DesignSource } from '@capstan/api'

export interface DataShape {
  height: number
  width: number
  classes: number
}

/** 28 x 28 pictures of ten classes. */
export const digits: DataShape = { height: 28, width: 28, classes: 10 }

type Source = typeof DesignSource._zod.input

/** One linear layer on the pixels: what any other design must beat. */
const linear = ({ height, width, classes }: DataShape): Source => ({
  input: [1, height, width],
  layers: [{ type: 'flatten' }, { type: 'linear', name: 'fc1', in: height * width, out: classes }],
})

/** 3x3 convolution, ReLU, 2x2 max-pool, linear. */
const convolutional =
  (filters: number) =>
  ({ height, width, classes }: DataShape): Source => ({
    input: [1, height, width],
    layers: [
      { type: 'conv2d', name: 'conv1', in: 1, out: filters, kernel: 3 },
      { type: 'relu' },
      { type: 'maxPool2d', kernel: 2 },
      { type: 'flatten' },
      {
        type: 'linear',
        name: 'fc1',
        in: filters * Math.floor((height - 2) / 2) * Math.floor((width - 2) / 2),
        out: classes,
      },
    ],
  })

export const namedDesigns = {
  linear,
  'simple-cnn': convolutional(32),
  'wide-cnn': convolutional(64),
} satisfies Record<string, (shape: DataShape) => Source>
export type NamedDesign = keyof typeof namedDesigns

export const isNamedDesign = (name: string): name is NamedDesign => Object.hasOwn(namedDesigns, name)

/**
 * SimpleCNN as the article prints it: its linear layer declares 32*7*7 inputs, but an unpadded 3x3
 * convolution and a 2x2 pool leave 32*13*13.
 */
export const articleListing: Source = {
  input: [1, 28, 28],
  layers: [
    { type: 'conv2d', name: 'conv1', in: 1, out: 32, kernel: 3 },
    { type: 'relu' },
    { type: 'maxPool2d', kernel: 2 },
    { type: 'flatten' },
    { type: 'linear', name: 'fc1', in: 32 * 7 * 7, out: 10 },
  ],
}
