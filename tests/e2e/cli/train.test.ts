/** @file `capstan train` on folders of IDX files, with the exact lines it prints. */
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { capstan, fewDigits, removeFolders, start, temporaryFolder } from './capstan.ts'

afterAll(removeFolders)

test('a folder of gzipped files is trained on, with exactly the lines of a training', async () => {
  const workspace = temporaryFolder()
  const data = fewDigits(2000, 500, { gzipped: true })
  const trained = await capstan(['train', '--data', data, '--epochs', '3', '--workspace', workspace])
  expect(trained).toMatchObject({ exit: 0, err: '' })
  const lines = trained.out.split('\n')
  for (const epoch of [1, 2, 3])
    expect(
      lines.filter((line) => new RegExp(`^Epoch \\[${epoch}/3\\], Loss: \\d+\\.\\d{4}$`).test(line)),
    ).toHaveLength(1)
  expect(
    lines.filter((line) => /^Accuracy of the network on the test images: \d+\.\d%$/.test(line)),
  ).toHaveLength(1)
  const losses = [...trained.out.matchAll(/Loss: (\d+\.\d{4})/g)].map((match) => Number(match[1]))
  expect(losses[2]).toBeLessThan(losses[0]!)
  // the same seed gives the same losses
  const again = await capstan(['train', '--data', data, '--epochs', '3', '--workspace', workspace])
  expect([...again.out.matchAll(/Loss: (\d+\.\d{4})/g)].map((match) => Number(match[1]))).toEqual(losses)
})

test('other designs train, too: by name and from a file', async () => {
  const workspace = temporaryFolder()
  const data = fewDigits(500, 100)
  const words = ['train', '--data', data, '--epochs', '1', '--workspace', workspace]
  expect(await capstan([...words, '--design', 'linear'])).toMatchObject({ exit: 0 })
  const file = join(workspace, 'tiny.json')
  const layers = [
    { type: 'conv2d', name: 'conv1', in: 1, out: 4, kernel: 3 },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'linear', name: 'out', in: 4 * 26 * 26, out: 10 },
  ]
  writeFileSync(file, JSON.stringify({ input: [1, 28, 28], layers }))
  const trained = await capstan([...words, '--design', file])
  expect(trained).toMatchObject({ exit: 0, err: '' })
  expect(trained.out).toContain('tiny: 27,090 parameters')
})

test('a missing file is named, and no workspace is made', async () => {
  const data = fewDigits(500, 100)
  rmSync(join(data, 't10k-labels-idx1-ubyte'))
  const workspace = join(temporaryFolder(), 'none')
  const refused = await capstan(['train', '--data', data, '--workspace', workspace])
  expect(refused).toMatchObject({ exit: 66, out: '' })
  expect(refused.err).toContain(`has no file t10k-labels-idx1-ubyte`)
  const status = await capstan(['status', '--workspace', workspace])
  expect(status).toMatchObject({ exit: 74, err: expect.stringContaining('does not exist yet') })
})

test('a file that is cut off is refused in one sentence, in either language', async () => {
  const data = fewDigits(500, 100)
  truncateSync(join(data, 'train-images-idx3-ubyte'), 100_000)
  const words = ['train', '--data', data, '--workspace', temporaryFolder()]
  const refused = await capstan(words)
  expect(refused.exit).toBe(65)
  expect(refused.err).toMatch(/train-images-idx3-ubyte is cut off\./)
  expect((await capstan([...words, '--lang', 'zh-CN'])).err).toContain('不完整')
})

test('the article’s listing is refused before any training', async () => {
  const data = fewDigits(500, 100)
  const design = join(import.meta.dirname, '../../../examples/article/design.json')
  const refused = await capstan([
    'train',
    '--data',
    data,
    '--design',
    design,
    '--workspace',
    temporaryFolder(),
  ])
  expect(refused.exit).toBe(65)
  expect(refused.err).toMatch(/^Layer fc1 declares 1,568 inputs, but gets 5,408\.$/m)
  expect(refused.out).not.toContain('Epoch')
})

test('Ctrl-C keeps the run: the next start goes on with it', async () => {
  const workspace = temporaryFolder()
  const words = ['train', '--data', fewDigits(4000, 500), '--epochs', '60', '--workspace', workspace]
  const training = start(words)
  await training.until(/^Epoch \[2\/60\]/m)
  training.child.kill('SIGINT')
  const stopped = await training.finished
  expect(stopped.exit).toBe(130)
  expect(stopped.out).toContain('keeps its checkpoint')
  const { run } = JSON.parse((await capstan(['status', '--json', '--workspace', workspace])).out)
  expect(run.state).toBe('queued')
  expect(run.checkpoint.epoch).toBeGreaterThanOrEqual(2)
})
