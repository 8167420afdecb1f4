/** @file A greyscale picture as text, two rows of pixels a line. */

/** Half blocks where a pixel is brighter than the threshold (0..255). */
export function pictureLines(pixels: ArrayLike<number>, width: number, threshold = 96): string[] {
  const lines: string[] = []
  const lit = (x: number, y: number) => (pixels[y * width + x] ?? 0) > threshold
  for (let y = 0; y * width < pixels.length; y += 2) {
    let line = ''
    for (let x = 0; x < width; x++) line += ' ▄▀█'[(lit(x, y) ? 2 : 0) + (lit(x, y + 1) ? 1 : 0)]
    lines.push(line.trimEnd())
  }
  while (lines[0] === '') lines.shift()
  while (lines.at(-1) === '') lines.pop()
  return lines
}
