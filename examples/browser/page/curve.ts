/** @file Draws the losses as a curve, with its running mean, on a logarithmic scale. */

const [width, height, left, bottom] = [720, 220, 44, 20]
const [low, high] = [0.01, 3]

const y = (loss: number): number =>
  (height - bottom) * (1 - Math.log(Math.min(Math.max(loss, low), high) / low) / Math.log(high / low))

export function drawCurve(svg: SVGSVGElement, losses: readonly number[], total: number): void {
  const x = (step: number): number => left + ((width - left) * step) / Math.max(total, losses.length, 1)
  const path = (values: readonly number[]): string =>
    values.map((loss, i) => `${i === 0 ? 'M' : 'L'}${x(i + 1).toFixed(1)} ${y(loss).toFixed(1)}`).join('')
  let mean = losses[0] ?? 0
  const smooth = losses.map((loss, i) => {
    mean += (loss - mean) * Math.max(0.05, 1 / (i + 1))
    return mean
  })
  svg.querySelector('.losses')!.setAttribute('d', path(losses))
  svg.querySelector('.smooth')!.setAttribute('d', path(smooth))
  svg.querySelector('.axis')!.innerHTML = [2, 1, 0.5, 0.2, 0.1, 0.05, 0.02]
    .map(
      (v) =>
        `<line x1="${left}" x2="${width}" y1="${y(v)}" y2="${y(v)}"></line><text x="0" y="${y(v) + 4}">${v}</text>`,
    )
    .join('')
}
