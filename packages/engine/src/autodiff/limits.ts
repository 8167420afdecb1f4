/** @file What the gradient of an op leaves out, in a sentence for docs/ops.md; each one is a typed error or a convention. */

const constantAxes = 'Axes must be constant.'
const knownPicture = 'The picture size must be known.'
const unrolled =
  'Unrolled: length and batch must be known. Activations: Tanh, Sigmoid, Relu, Softsign, Softplus.'
const shared = 'Equal extremes share the gradient.'
const scatterReductions = 'Reductions none and add; with none, indices must differ.'

export const limits: Readonly<Record<string, string>> = {
  Abs: '0 at 0.',
  Attention: 'Without a partly filled cache; the scores as an output in modes 0 and 3.',
  AveragePool: knownPicture,
  Clip: 'At a bound x takes the gradient.',
  Concat: 'Sizes along the axis must be known.',
  Conv: knownPicture,
  ConvTranspose: knownPicture,
  Einsum: 'A label that only one operand has, and diagonals, need known sizes.',
  Gather: 'By the data; adds up exactly on any number of threads.',
  GatherElements: 'By the data.',
  GatherND: 'By the data; all sizes must be known.',
  GlobalAveragePool: knownPicture,
  GlobalMaxPool: shared,
  GroupNormalization: 'Channels and picture size must be known.',
  GRU: unrolled,
  HardSwish: 'At a kink the slope of one side.',
  If: 'Through both branches, each of which computes its way again for the gradient; where the condition is constant through the one that runs.',
  LayerNormalization: 'Other types than float32 are differentiated as simpler ops.',
  Loop: 'Unrolled: with a constant trip count, no condition that ends it earlier, and up to 100,000 nodes.',
  LpPool: 'Without ceil_mode.',
  LRN: 'The number of channels must be known.',
  LSTM: unrolled,
  Max: 'Of equal operands the first takes the gradient.',
  MaxPool: 'Of equal values in a window the first takes the gradient.',
  Min: 'Of equal operands the first takes the gradient.',
  Mod: 'With fmod, for float values.',
  Pad: 'Sizes and axes must be constant; the padded axes must have known sizes.',
  ReduceL2: `0 where the norm is. ${constantAxes}`,
  ReduceMax: `${shared} ${constantAxes}`,
  ReduceMin: `${shared} ${constantAxes}`,
  ReduceProd: `The sizes of the axes must be known. ${constantAxes}`,
  Relu: '0 at 0.',
  Resize:
    'Modes nearest, linear and cubic with every coordinate mode but tf_crop_and_resize; no antialias when shrinking.',
  RNN: unrolled,
  Scan: 'Unrolled: the length must be known; up to 100,000 nodes.',
  ScatterElements: scatterReductions,
  ScatterND: `${scatterReductions} ONNX Runtime itself adds repeated indices inexactly on several threads.`,
  Slice: 'Bounds must be constant.',
  Tile: 'Repeats must be constant.',
  TopK: 'By the values; k must be constant.',
}
