/** @file A design's layer list as a module of the engine. */
import type { DesignSource, Layer } from '@capstan/api'
import { nn } from '@capstan/engine'

/** Layers in a row, each under its own name, so that messages and summaries speak of `fc1` and not of a number. */
class LayerList extends nn.Module {
  readonly #order: nn.Module[] = []

  constructor(layers: readonly Layer[]) {
    super()
    const counts = new Map<string, number>()
    for (const layer of layers) {
      const count = (counts.get(layer.type) ?? 0) + 1
      counts.set(layer.type, count)
      const module = makers[layer.type](layer as never)
      Object.assign(this, { [layer.name ?? `${layer.type}${count}`]: module })
      this.#order.push(module)
    }
  }

  override forward(x: nn.Value): nn.Value {
    return this.#order.reduce((value, module) => module.call(value), x)
  }
}

const makers = {
  conv2d: ({ in: from, out, kernel, stride, padding }) => nn.conv2d(from, out, kernel, { stride, padding }),
  relu: () => nn.relu(),
  maxPool2d: ({ kernel }) => nn.maxPool2d(kernel),
  flatten: () => nn.flatten(),
  linear: ({ in: from, out }) => nn.linear(from, out),
} satisfies { [K in Layer['type']]: (layer: Extract<Layer, { type: K }>) => nn.Module }

export const modelOf = ({ layers }: DesignSource): nn.Module => new LayerList(layers)
