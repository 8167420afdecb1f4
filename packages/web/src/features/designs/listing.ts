/** @file The listing of a small convolutional network as it was published, with its wrong linear layer. */
import type { DesignSource } from '@capstan/api'

/** 32 x 7 x 7 inputs are declared, but an unpadded 3 x 3 convolution and a 2 x 2 pool leave 32 x 13 x 13. */
export const publishedListing = {
  input: [1, 28, 28],
  layers: [
    { type: 'conv2d', name: 'conv1', in: 1, out: 32, kernel: 3, stride: 1, padding: 0 },
    { type: 'relu', name: 'relu' },
    { type: 'maxPool2d', name: 'pool', kernel: 2 },
    { type: 'flatten', name: 'flatten' },
    { type: 'linear', name: 'fc1', in: 32 * 7 * 7, out: 10 },
  ],
} satisfies DesignSource

export const fittingInputs = 32 * 13 * 13

/** The same listing with the linear layer's inputs as the layers before it leave them. */
export function withInputs(text: string, inputs: number): string {
  const source = JSON.parse(text) as DesignSource
  const last = source.layers.findLast((layer) => layer.type === 'linear')
  if (last?.type === 'linear') last.in = inputs
  return listingText(source)
}

/** One layer a line, as a person would write it. */
export function listingText(source: DesignSource): string {
  const layers = source.layers.map(
    (layer) => `    ${JSON.stringify(layer).replaceAll('":', '": ').replaceAll(',"', ', "')}`,
  )
  return `{\n  "input": ${JSON.stringify(source.input)},\n  "layers": [\n${layers.join(',\n')}\n  ]\n}`
}
