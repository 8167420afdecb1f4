/** @file Adds a node of a file to a graph: by its rules where they apply, kept as it is where they do not. */
import { EngineError } from '../errors.ts'
import { knownType, OpaqueValue } from '../graph/opaque.ts'
import { isSub } from '../graph/shapes/subgraph.ts'
import { shapeRules } from '../graph/shapes/table.ts'
import { type DType, dtypes, isStatic, sameShape, showShape, sizeOf, tensor } from '../graph/tensor.ts'
import type { Attributes, Graph, OpaqueOp, Value, ValueType } from '../graph/types.ts'
import { fold, remember, reshapeTarget } from './fold.ts'
import { badModel } from './order.ts'

export interface NodeSpec {
  readonly op: OpaqueOp
  readonly inputs: readonly (Value | null)[]
  readonly attributes: Attributes
  /** What is known of each output without a rule, from the file; as many as there are outputs. */
  readonly types: readonly (ValueType | null)[]
}

/**
 * Ops without a rule, of other domains, or with inputs whose type is not known become opaque nodes. So does a node
 * whose rule fails because a size is known only when the graph runs.
 * @throws EngineError what the rule throws where everything is known and does not fit
 */
export function addNode(graph: Graph, spec: NodeSpec): readonly Value[] {
  const { op, inputs, attributes, types } = spec
  const like = castTarget(spec)
  if (like !== null) {
    const [x] = inputs
    return x!.dtype === like
      ? [x!]
      : addNode(graph, {
          ...spec,
          op: { ...op, op: 'Cast' },
          inputs: [x!],
          attributes: { to: dtypes[like].onnx },
        })
  }
  if (hasRule(spec)) {
    const folded = types.length === 1 ? fold(op.op, inputs, attributes) : null
    if (folded !== null && isStatic(folded.data))
      return [graph.constant(tensor(folded.dtype, folded.shape, folded.data))]
    try {
      const outputs = graph.add(op.op, withKnownTarget(graph, spec), attributes, types.length)
      checkSizes(graph, spec, outputs)
      if (folded !== null) remember(outputs[0]!, folded)
      if (outputs.length >= types.length) return outputs
    } catch (error) {
      if (!isUnknowable(error, inputs)) throw error
    }
  }
  return graph.addOpaque(op, inputs, attributes, types)
}

/** The type that a CastLike casts to, where types are known. */
function castTarget({ op, inputs }: NodeSpec): DType | null {
  const [x, like] = inputs
  if (op.op !== 'CastLike' || op.domain !== '' || !x || !like) return null
  return knownType(x) === null ? null : (knownType(like)?.dtype ?? null)
}

/** No honest model holds a value of more elements; for an op that makes much out of little the limit is lower. */
const mostElements = 2 ** 31
const mostGrown = 2 ** 28
/** And all that such ops make from constants, which ONNX Runtime computes when it loads the file. */
const mostGrownTogether = 2 ** 30

const growing = new Set(
  'ConstantOfShape Expand EyeLike Gather GatherElements GatherND OneHot Pad RandomNormal RandomUniform Range Resize Tile'.split(
    ' ',
  ),
)
const grown = new WeakMap<Graph, number>()

/**
 * Hostile attributes can ask for more than numbers, or memory, hold.
 * @throws EngineError engine/bad-model before anything of the kind is computed
 */
function checkSizes(graph: Graph, { op, inputs }: NodeSpec, outputs: readonly Value[]): void {
  for (const { name, shape } of outputs) {
    if (shape.some((d) => typeof d === 'number' && (d < 0 || !Number.isSafeInteger(d))))
      throw badModel(`${name} would have the impossible shape ${showShape(shape)}`)
    // Sizes that are not known are at least 1.
    const size = sizeOf(shape.map((d) => (typeof d === 'number' ? d : 1)))
    const grows = growing.has(op.op)
    if (size > (grows ? mostGrown : mostElements))
      throw badModel(`${name} (${op.op}) would have ${size} elements, of shape ${showShape(shape)}`)
    if (!grows || inputs.some((v) => v !== null && v.constant === null)) continue
    const outermost = outermostOf(graph)
    const total = (grown.get(outermost) ?? 0) + size
    if (total > mostGrownTogether)
      throw badModel(`${name} (${op.op}): the constants of the file unfold into ${total} elements`)
    grown.set(outermost, total)
  }
}

const outermostOf = (graph: Graph): Graph => (graph.parent === null ? graph : outermostOf(graph.parent))

/** Exporters compute the target of a Reshape from shapes; where it is known but for the batch it is made a constant. */
function withKnownTarget(graph: Graph, { op, inputs, attributes }: NodeSpec): readonly (Value | null)[] {
  const [x, target] = inputs
  if (op.op !== 'Reshape' || !x || !target || attributes.allowzero === 1) return inputs
  const known = reshapeTarget(x.shape, target)
  return known === null ? inputs : [x, graph.constant(known)]
}

function hasRule({ op, inputs, attributes }: NodeSpec): boolean {
  if (op.domain !== '' || !Object.hasOwn(shapeRules, op.op)) return false
  if (inputs.some((v) => v instanceof OpaqueValue)) return false
  if (Object.values(attributes).some((a) => typeof a === 'object' && 'raw' in a)) return false
  if (op.op === 'Loop') return carriesTheSame(inputs, attributes)
  return op.op !== 'Cast' || Object.values(dtypes).some((d) => d.onnx === attributes.to)
}

/** Whether what a Loop carries keeps its type from turn to turn, so that the body says what comes out. */
function carriesTheSame(inputs: readonly (Value | null)[], { body }: Attributes): boolean {
  if (!isSub(body) || body.inputs.length !== inputs.length) return false
  const values = [...body.inputs, ...body.outputs, ...inputs]
  if (values.some((v) => v === null || v instanceof OpaqueValue)) return false
  return inputs.slice(2).every((start, i) => {
    const [before, after] = [body.inputs[i + 2], body.outputs[i + 1]]
    return (
      before !== undefined &&
      after !== undefined &&
      isStatic(after.shape) &&
      sameShape(before.shape, after.shape) &&
      sameShape(start!.shape, after.shape)
    )
  })
}

const unknowable = new Set(['engine/unsupported-op', 'engine/unknown-shape'])

/** Whether a rule's refusal may be due to what is known only when the graph runs, or to its being narrower than ONNX. */
function isUnknowable(error: unknown, inputs: readonly (Value | null)[]): boolean {
  if (!(error instanceof EngineError)) return false
  if (unknowable.has(error.code)) return true
  const given = inputs.filter((v) => v !== null)
  if (error.code === 'engine/type-mismatch') return new Set(given.map((v) => v.dtype)).size === 1
  return given.some(
    (v, i) =>
      v.constant === null &&
      (!isStatic(v.shape) ||
        v.dtype === 'int64' ||
        v.dtype === 'int32' ||
        (i > 0 && error.code === 'engine/bad-attribute')),
  )
}
