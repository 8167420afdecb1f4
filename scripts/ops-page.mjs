/** @file The page docs/ops.md, made from the tables of the engine. */

/** @param {readonly import('@capstan/engine').OpEntry[]} table */
export function opsPage(table) {
  const of = (/** @type {string} */ gradient) => table.filter((entry) => entry.gradient === gradient)
  const rows = of('differentiable').map(
    ({ op, expanded, limits }) => `| ${op} | ${expanded ? 'as simpler ops' : 'own rule'} | ${limits} |`,
  )
  const names = (/** @type {string} */ gradient) =>
    of(gradient)
      .map(({ op, limits }) => (limits === '' ? op : `${op} (${limits.replace(/\.$/, '').toLowerCase()})`))
      .join(', ')
  return `# Ops

What the engine can do with the ops of the ONNX standard. Written by \`npm run docs\` from the tables of \`packages/engine/src/graph/shapes\`, \`graph/expand\` and \`autodiff\`; a test keeps page and tables equal, another proves every gradient, and the gradient of that gradient, against central differences.

- **Differentiable** (${of('differentiable').length}): has a gradient, by a rule of its own or as the graph of simpler ops that it stands for.
- **Not differentiable** (${of('not differentiable').length}): a step function, chance, or a function of shapes alone. Where every way from a trained value to the loss ends at one, the error \`engine/not-differentiable\` names it.
- **Not supported** (${of('not supported').length}, and every op that this page does not name): could have a gradient, but the engine has none yet. On the way from a trained value to the loss the error \`engine/gradient-not-supported\` names the op and its layer. Before trained values, and in graphs that only run, it does no harm.

Gradients are graphs of the same ops, so they can be differentiated again.

## Differentiable

| op | gradient | limits |
| --- | --- | --- |
${rows.join('\n')}

## Not differentiable

${names('not differentiable')}.

## Not supported

${names('not supported')}.
`
}
