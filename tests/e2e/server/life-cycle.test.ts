/** @file Data to endpoint through the real server, with what each step refuses on the way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  idxSlice,
  keepDesign,
  type Role,
  refusalOf,
  simpleCnn,
  startWorld,
  uploadDigits,
  type World,
  waitFor,
} from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.server.close())

describe('data', () => {
  test('the same files give the same version, and the profile counts what is there', async () => {
    const { capstan } = world
    const first = await uploadDigits(capstan)
    const again = await uploadDigits(capstan)
    expect(again.id).toBe(first.id)
    const samples = Object.fromEntries(first.profile.splits.map((s) => [s.split, s.samples]))
    expect(samples.train! + samples.validation!).toBe(2000)
    expect(samples.test).toBe(500)
    for (const split of first.profile.splits) {
      expect(split.classCounts.reduce((sum, n) => sum + n, 0)).toBe(split.samples)
    }
  })

  test.each<[string, (whole: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>, string, RegExp]>([
    ['is cut off', (b) => b.slice(0, 5000), 'dataset/truncated', /train-images/],
    ['has bytes too many', (b) => Uint8Array.from([...b, 1, 2, 3]), 'dataset/invalid', /train-images/],
    [
      'is not IDX',
      () => new TextEncoder().encode('hello, world') as Uint8Array<ArrayBuffer>,
      'dataset/invalid',
      /train-images/,
    ],
    ['is empty', () => new Uint8Array(0), 'dataset/truncated', /train-images/],
    ['is gzipped', () => Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0]), 'dataset/invalid', /train-images/],
    [
      'claims a size beyond memory',
      () => Uint8Array.from([0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]),
      'dataset/truncated',
      /train-images/,
    ],
  ])('pictures whose file %s are refused, naming the file', async (_, damage, code, named) => {
    const { capstan } = world
    const count = (role: Role) => (role.startsWith('train') ? 100 : 20)
    const files = await Promise.all(
      (['train-images', 'train-labels', 'test-images', 'test-labels'] as const).map(async (role) => {
        const whole = idxSlice(role, count(role))
        const { hash } = await capstan.blobs.put({ body: role === 'train-images' ? damage(whole) : whole })
        return { role, blob: hash }
      }),
    )
    const before = await capstan.datasets.list()
    const refusal = await refusalOf(capstan.datasets.create({ body: { name: 'bad', files } }))
    expect(refusal).toMatchObject({ status: 422, code })
    expect(refusal.message).toMatch(named)
    expect(await capstan.datasets.list()).toEqual(before)
  })

  test('fewer labels than pictures, and blobs that are not there, are refused', async () => {
    const { capstan } = world
    const put = async (role: Role, n: number) => ({
      role,
      blob: (await capstan.blobs.put({ body: idxSlice(role, n) })).hash,
    })
    const files = [
      await put('train-images', 50),
      await put('train-labels', 49),
      await put('test-images', 9),
      await put('test-labels', 9),
    ]
    expect(await refusalOf(capstan.datasets.create({ body: { name: 'odd', files } }))).toMatchObject({
      code: 'dataset/invalid',
    })
    const missing = files.map((file) => ({ ...file, blob: 'a'.repeat(64) }))
    expect(await refusalOf(capstan.datasets.create({ body: { name: 'odd', files: missing } }))).toMatchObject(
      {
        status: 404,
        code: 'blob/missing',
      },
    )
  })
})

describe('design', () => {
  test("the article's listing fails at design time, naming the layer and both numbers, in both languages", async () => {
    const { capstan, server } = world
    const refusal = await refusalOf(
      capstan.designs.create({ body: { name: 'article', source: simpleCnn(32 * 7 * 7) } }),
    )
    expect(refusal).toMatchObject({ status: 422, code: 'design/shape-mismatch' })
    for (const part of ['fc1', '1,568', '5,408']) expect(refusal.message).toContain(part)
    const response = await fetch(`${server.address}/api/v1/designs/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN' },
      body: JSON.stringify(simpleCnn(32 * 7 * 7)),
    })
    const { message } = (await response.json()) as { message: string }
    for (const part of ['fc1', '1,568', '5,408', '层']) expect(message).toContain(part)
    expect(await capstan.designs.list()).toEqual([])
  })

  test.each([
    [
      'a kernel larger than the picture',
      { input: [1, 4, 4], layers: [{ type: 'conv2d', name: 'c', in: 1, out: 2, kernel: 9 }] },
    ],
    [
      'the wrong number of channels',
      { input: [1, 8, 8], layers: [{ type: 'conv2d', name: 'c', in: 3, out: 2, kernel: 3 }] },
    ],
    [
      'two layers of one name',
      {
        input: [1, 8, 8],
        layers: [
          { type: 'conv2d', name: 'c', in: 1, out: 1, kernel: 3 },
          { type: 'conv2d', name: 'c', in: 1, out: 1, kernel: 3 },
        ],
      },
    ],
    [
      'more parameters than memory',
      {
        input: [1, 256, 256],
        layers: [{ type: 'flatten' }, { type: 'linear', name: 'f', in: 65536, out: 65536 }],
      },
    ],
  ] as const)('%s is refused', async (_, source) => {
    const refusal = await refusalOf(world.capstan.designs.check({ body: source as never }))
    expect(refusal.status).toBe(422)
    expect(refusal.code).toMatch(/^design\//)
  })

  test('an unknown layer, a layer without its sizes or with a stray field is an invalid request', async () => {
    for (const layer of [{ type: 'lstm' }, { type: 'linear', name: 'a' }, { type: 'relu', slope: 2 }]) {
      const body = { input: [1, 8, 8], layers: [layer] } as never
      expect(await refusalOf(world.capstan.designs.check({ body }))).toMatchObject({
        status: 400,
        code: 'request/invalid',
      })
    }
  })
})

describe('run, evaluation, registry, endpoint', () => {
  test('a model is trained, judged, gated, approved and served', async () => {
    const { capstan, server } = world
    const dataset = await uploadDigits(capstan)
    const task = await capstan.team.createTask({ body: { title: 'Prepare the data' } })
    const link = { noun: 'dataset' as const, id: dataset.id }
    const linked = { revision: task.revision!, links: [link] }
    expect(await capstan.team.editTask({ params: { id: task.id }, body: linked })).toMatchObject({
      links: [link],
    })
    const design = await keepDesign(capstan)
    const queued = await capstan.runs.create({
      body: { name: 'small', designId: design.id, datasetVersionId: dataset.id, parameters: { epochs: 2 } },
    })
    const run = await waitFor(capstan, queued.id, ['finished'])
    expect(run.epochLosses).toHaveLength(2)
    expect(run.epochLosses[1]!).toBeLessThan(run.epochLosses[0]!)
    expect(run.validation.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(run.cost.cpuSeconds).toBeGreaterThan(0)
    const computedBy = {
      capstan: expect.stringMatching(/^\d+\.\d+\.\d+/),
      onnxruntime: expect.stringMatching(/^1\.\d+\.\d+/),
      node: process.version,
    }
    expect(run.environment).toMatchObject(computedBy)
    const curve = await capstan.runs.metrics({ params: { id: run.id }, query: { key: 'loss' } })
    const steps = 2 * Math.ceil(dataset.profile.splits[0]!.samples / 64)
    expect(curve.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1))

    const judging = await capstan.runs.evaluate({ params: { id: run.id }, body: {} })
    const { evaluationId, environment } = await waitFor(capstan, judging.id, ['finished'])
    expect(environment).toMatchObject(computedBy)
    const evaluation = await capstan.evaluations.get({ params: { id: evaluationId! } })
    const onDiagonal = evaluation.confusion.reduce((sum, row, k) => sum + row[k]!, 0)
    expect(evaluation.correct).toBe(onDiagonal)
    expect(evaluation.accuracy).toBeCloseTo(onDiagonal / 500, 12)
    expect(evaluation.accuracy).toBeGreaterThan(0.7)

    const version = await capstan.registry.register({ body: { modelName: 'digits', runId: run.id } })
    expect(version).toMatchObject({ number: 1, stage: 'candidate', evaluationId })
    const move = (stage: 'staging' | 'production') =>
      capstan.registry.move({ params: { id: version.id }, body: { stage } })
    await move('staging')
    expect(await refusalOf(move('production'))).toMatchObject({ status: 409, code: 'request/refused' })
    await capstan.registry.createGate({
      body: { modelName: 'digits', rules: [{ metric: 'accuracy', op: '>=', value: 0.999 }] },
    })
    expect((await refusalOf(move('production'))).message).toContain('accuracy')
    await capstan.registry.createGate({
      body: { modelName: 'digits', rules: [{ metric: 'accuracy', op: '>=', value: 0.5 }] },
    })
    expect(
      await refusalOf(capstan.serving.create({ body: { name: 'digits', versionId: version.id } })),
    ).toMatchObject({ status: 409 })

    const person = (name: string, role: 'engineer' | 'reviewer') =>
      capstan.members.create({ body: { name, roles: [role] } })
    const [asks, engineer, reviewer] = [
      await person('Ann', 'engineer'),
      await person('Ben', 'engineer'),
      await person('Cleo', 'reviewer'),
    ]
    await capstan.team.createPolicy({ body: { roles: ['engineer', 'reviewer'] } })
    const approval = await capstan.team.requestApproval({
      body: { versionId: version.id, requestedBy: asks.id },
    })
    const vote = (memberId: string, role: 'engineer' | 'reviewer') =>
      capstan.team.vote({ params: { id: approval.id }, body: { memberId, role, vote: 'approve' } })
    expect(await refusalOf(vote(asks.id, 'engineer'))).toMatchObject({ status: 409 })
    expect(await refusalOf(vote(engineer.id, 'reviewer'))).toMatchObject({ status: 403 })
    expect((await vote(engineer.id, 'engineer')).state).toBe('open')
    expect(await refusalOf(vote(engineer.id, 'engineer'))).toMatchObject({ status: 409 })
    expect(await refusalOf(move('production'))).toMatchObject({ status: 409 })
    expect((await vote(reviewer.id, 'reviewer')).state).toBe('approved')
    // gate and approval are there, and the risks are not within the appetite yet
    const appetite = await capstan.risk.setAppetite({ body: { points: [{ loss: 1000, chance: 0.05 }] } })
    expect(await refusalOf(move('production'))).toMatchObject({ values: { refusal: 'appetite.never' } })
    const { id: cycleId } = await capstan.cycles.create({
      body: { name: 'C', start: new Date().toISOString(), end: new Date(Date.now() + 864e5).toISOString() },
    })
    const risk = await capstan.risk.create({
      body: { name: 'Outage', frequency: { rate: 1 }, loss: { kind: 'fixed', amount: 5000 } },
    })
    await capstan.risk.simulate({ body: { years: 5000 } })
    expect(await refusalOf(move('production'))).toMatchObject({
      status: 409,
      message: expect.stringMatching(
        /^The risk is beyond the appetite: the chance to lose more than .*1,000 in a year is 6[234](\.\d)?%, and at most 5% is accepted/,
      ),
    })
    await capstan.risk.createMitigation({
      body: {
        riskId: risk.id,
        name: 'A second region',
        frequencyFactor: 0.01,
        annualCost: 10,
        adopted: true,
      },
    })
    expect(await refusalOf(move('production'))).toMatchObject({ values: { refusal: 'appetite.stale' } })
    expect((await capstan.risk.simulate({ body: { years: 5000 } })).cycleId).toBe(cycleId)
    expect((await capstan.risk.appetite())!.standing.refusal).toBeNull()
    expect(appetite.gatesReleases).toBe(true)
    expect(await refusalOf(vote(reviewer.id, 'reviewer'))).toMatchObject({ status: 409 })
    expect((await move('production')).stage).toBe('production')

    const endpoint = await capstan.serving.create({ body: { name: 'digits', versionId: version.id } })
    expect(endpoint.state).toBe('ready')
    expect(
      await refusalOf(capstan.serving.closeWindow({ params: { id: endpoint.id }, body: {} })),
    ).toMatchObject({ status: 400 })
    const images = idxSlice('test-images', 60).subarray(16)
    let right = 0
    const labels = idxSlice('test-labels', 60).subarray(8)
    for (let i = 0; i < 60; i++) {
      const data = Array.from(images.subarray(i * 784, (i + 1) * 784), (pixel) => pixel / 255)
      const answer = await infer(server.address, {
        id: `n${i}`,
        inputs: [{ name: 'input', shape: [1, 1, 28, 28], datatype: 'FP32', data }],
      })
      expect(answer.body).toMatchObject({ model_name: 'digits', model_version: '1', id: `n${i}` })
      const outputs = Object.fromEntries(answer.body.outputs.map((o) => [o.name, o.data]))
      expect(outputs.probabilities!.reduce((sum: number, p: number) => sum + p, 0)).toBeCloseTo(1, 4)
      right += outputs.label![0] === labels[i] ? 1 : 0
    }
    expect(right).toBeGreaterThan(35)
    const window = await capstan.serving.closeWindow({ params: { id: endpoint.id }, body: {} })
    expect(window).toMatchObject({ requests: 60, errors: 0 })
    expect(window.p50).toBeLessThanOrEqual(window.p95)
    expect(await capstan.loop.verifyActivity()).toMatchObject({ intact: true })
  })

  test('the protocol tells what it serves, and refuses what does not fit', async () => {
    const { address } = world.server
    const get = async (path: string) => (await fetch(address + path)).json()
    expect(await get('/v2')).toMatchObject({ name: 'capstan' })
    expect(await get('/v2/health/ready')).toEqual({ live: true, ready: true })
    expect(await get('/v2/models/digits/ready')).toMatchObject({ ready: true })
    expect(await get('/v2/models/digits')).toMatchObject({
      versions: ['1'],
      inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 1, 28, 28] }],
    })
    const zeros = Array.from({ length: 784 }, () => 0)
    const input = { name: 'input', shape: [1, 1, 28, 28], datatype: 'FP32', data: zeros }
    const wrong: unknown[] = [
      {},
      [],
      'text',
      { inputs: [] },
      { inputs: [{ ...input, name: 'pixels' }] },
      { inputs: [{ ...input, datatype: 'INT8' }] },
      { inputs: [{ ...input, shape: [1, 28, 28] }] },
      { inputs: [{ ...input, shape: [2, 1, 28, 28] }] },
      { inputs: [{ ...input, shape: [-1, 1, 28, 28] }] },
      { inputs: [{ ...input, data: [...zeros.slice(1), 'x'] }] },
      { inputs: [{ ...input, data: zeros.slice(1) }] },
      { inputs: [input, input] },
      { inputs: [input], outputs: [{ name: 'nothing' }] },
    ]
    for (const body of wrong) {
      const answer = await infer(address, body)
      expect([answer.status, typeof answer.body.error]).toEqual([400, 'string'])
    }
    expect((await infer(address, { inputs: [input] }, 'nobody')).status).toBe(404)
    const nested = await infer(address, {
      inputs: [{ ...input, data: [[Array.from({ length: 28 }, () => zeros.slice(0, 28))]] }],
      outputs: [{ name: 'label' }],
    })
    expect(nested.body.outputs).toHaveLength(1)
  })
})

interface InferAnswer {
  error?: string
  outputs: { name: string; data: number[] }[]
}

async function infer(address: string, body: unknown, name = 'digits') {
  const response = await fetch(`${address}/v2/models/${name}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as InferAnswer }
}
