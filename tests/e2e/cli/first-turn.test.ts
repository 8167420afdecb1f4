/** @file The main job through the real command: the first turn, opened again, cut off, taken up again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { capstan, fewDigits, removeFolders, serverOf, start, temporaryFolder } from './capstan.ts'

afterAll(removeFolders)

/** One epoch on all of MNIST: enough to meet the gate (97 %). */
const turnOnce = ['start', '--once', '--port', '0', '--epochs', '1']
const turnThrice = ['start', '--once', '--port', '0', '--epochs', '3']
const workspace = temporaryFolder()
let turned: Awaited<ReturnType<typeof capstan>>

beforeAll(async () => {
  turned = await capstan([...turnOnce, '--workspace', workspace])
})

test('a new workspace turns the loop once and ends well', () => {
  expect(turned.err).toBe('')
  expect(turned.exit).toBe(0)
  expect(turned.out).toMatch(/^Epoch \[1\/1\], Loss: \d\.\d{4}$/m)
  expect(turned.out).toMatch(/^Accuracy of the network on the test images: 9[5-9]\.\d%$/m)
})

test('every phase is said, with the numbers that matter', () => {
  for (const heading of ['Strategy', 'Design', 'Resources', 'Team', 'Data', 'Run', 'Release', 'Review'])
    expect(turned.out).toMatch(new RegExp(`^${heading} ─+$`, 'm'))
  const said = turned.out.replace(/\s+/g, ' ')
  expect(said).toContain('Layer fc1 declares 1,568 inputs, but gets 5,408.')
  expect(said).toMatch(/54,410 parameters/)
  expect(said).toMatch(/Choice SimpleCNN \+ Linear baseline, expected value ¥[\d,]+/)
  expect(said).toMatch(/Binding limit People in week \d: 5 of 5 days used; 1 day more would be worth ¥[1-9]/)
  expect(said).toMatch(/Runner-up /)
  expect(said).toMatch(/Expected loss ¥[\d,]+ 1-in-20 year ¥[\d,]+/)
  expect(said).toMatch(/Test accuracy at least 97%: no evidence yet → [><]? ?\d+%/)
  expect(said).toMatch(/Waiting for you: (1 decision|\d+ decisions) at http:\/\/127\.0\.0\.1:\d+/)
})

test('where nobody looks there are no escapes', () => {
  expect(turned.out).not.toContain('\u001b')
  expect(turned.out).not.toContain('\r')
})

test('opened again it shows where it stands and does not train', async () => {
  const again = await capstan(['start', '--once', '--port', '0', '--workspace', workspace])
  expect(again.exit).toBe(0)
  expect(again.out).not.toContain('Epoch [')
  expect(again.out).toMatch(/^Key result +Test accuracy at least 97%/m)
  expect(again.out).toMatch(/Newest run +1 SimpleCNN on MNIST, finished, epoch 1 of 1/)
})

test('the request that is printed classifies a real test picture', async () => {
  const file = join(workspace, 'requests/digits-0.json')
  expect(turned.out).toMatch(/^curl -s http.* -d @.*requests\/digits-0\.json$/m)
  const server = start(['start', '--port', '0', '--no-open', '--workspace', workspace])
  await server.until(/Serving/)
  const response = await fetch(`${serverOf(workspace).address}/v2/models/digits/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: readFileSync(file),
  })
  const { outputs } = (await response.json()) as { outputs: { name: string; data: number[] }[] }
  expect(outputs.find(({ name }) => name === 'label')?.data).toEqual([7])
  server.child.kill('SIGINT')
  expect((await server.finished).exit).toBe(0)
})

test('the commands on a workspace answer from it', async () => {
  const on = ['--workspace', workspace]
  const status = await capstan(['status', '--json', ...on])
  const loop = JSON.parse(status.out)
  expect(loop.workspace.firstTurn).toBe('complete')
  expect(loop.openProposals.length).toBeGreaterThan(0)
  const predicted = await capstan(['predict', '--index', '0', '--json', ...on])
  expect(JSON.parse(predicted.out)).toMatchObject({ label: '7', actual: '7' })
  const evaluated = await capstan(['evaluate', '1', ...on])
  expect(evaluated.out).toMatch(/^Accuracy of the network on the test images: \d+\.\d%$/m)
  const beyond = await capstan(['predict', '--index', '10000', ...on])
  expect(beyond.exit).toBe(66)
  const unknown = await capstan(['evaluate', '99', ...on])
  expect(unknown).toMatchObject({ exit: 66, err: expect.stringContaining('99') })
})

test('a picture of dark ink on light paper is read, fitted and recognised', async () => {
  const { inputs } = JSON.parse(readFileSync(join(workspace, 'requests/digits-0.json'), 'utf8'))
  const ink = Buffer.from((inputs[0].data as number[]).map((share) => Math.round(255 * (1 - share))))
  const file = join(temporaryFolder(), 'seven.png')
  await sharp(ink, { raw: { width: 28, height: 28, channels: 1 } })
    .resize(140, 140)
    .extend({ left: 90, right: 20, top: 10, bottom: 60, background: '#fff' })
    .png()
    .toFile(file)
  const predicted = await capstan(['predict', file, '--workspace', workspace])
  expect(predicted).toMatchObject({ exit: 0, err: '' })
  expect(predicted.out).toMatch(/^Prediction: 7$/m)
  const missing = await capstan(['predict', `${file}.none`, '--workspace', workspace])
  expect(missing).toMatchObject({ exit: 65, err: expect.stringContaining('seven.png.none') })
})

test('killed in the middle of training, the next start goes on from the checkpoint', async () => {
  const folder = temporaryFolder()
  const words = [...turnThrice, '--workspace', folder, '--data', fewDigits(10_000, 1000)]
  const cut = start(words)
  await cut.until(/^Epoch \[1\/3\]/m)
  cut.child.kill('SIGKILL')
  await cut.finished
  const taken = await capstan(words)
  expect(taken.exit).toBe(0)
  expect(taken.out).toMatch(/The first turn was cut off; it goes on where it stopped\./)
  expect(taken.out.replace(/\s+/g, ' ')).toMatch(/goes on from its checkpoint, \d of 3 epochs done; /)
  // the losses of the epochs that the checkpoint holds, and of those after it
  const losses = taken.out.match(/^Epoch \[\d\/3\], Loss: .*$/gm)
  expect(losses).toHaveLength(3)
  expect(losses![0]).toBe(cut.out().match(/^Epoch \[1\/3\], Loss: .*$/m)![0])
  // no step was taken twice: one design, one run, one version
  const { lifeCycle } = JSON.parse((await capstan(['status', '--json', '--workspace', folder])).out)
  expect(lifeCycle).toMatchObject({ datasets: 1, designs: 3, evaluations: 1, versions: 1 })
})

test('Ctrl-C while training stops in order, and the turn can be taken up', async () => {
  const folder = temporaryFolder()
  const few = fewDigits(10_000, 1000)
  const words = [...turnThrice, '--workspace', folder, '--data', few, '--lang', 'zh-CN']
  const stopped = start(words)
  await stopped.until(/^Epoch \[1\/3\]/m)
  stopped.child.kill('SIGINT')
  expect(await stopped.finished).toMatchObject({ exit: 130, err: '' })
  expect(stopped.out()).toContain('正在停止')
  expect(stopped.out()).toContain('已停止')
  const taken = await capstan(words)
  expect(taken.exit).toBe(0)
  expect(taken.out).toContain('战略规划 ─')
  expect(taken.out).toMatch(/训练从检查点继续/)
})

test('a model that misses the gate is not released, and the loop is reviewed all the same', async () => {
  const folder = temporaryFolder()
  const words = ['start', '--once', '--port', '0', '--epochs', '1', '--data', fewDigits(2000, 500)]
  const turn = await capstan([...words, '--workspace', folder])
  expect(turn.exit).toBe(0)
  expect(turn.out).toMatch(/✗ not met {2}accuracy \d+\.\d\d%, wanted ≥ 97%/)
  expect(turn.out).toContain('nothing is released')
  expect(turn.out).not.toContain('curl')
  expect(turn.out).toMatch(/^Review ─/m)
  const predicted = await capstan(['predict', '--index', '0', '--workspace', folder])
  expect(predicted).toMatchObject({ exit: 66, err: expect.stringContaining('digits') })
})
