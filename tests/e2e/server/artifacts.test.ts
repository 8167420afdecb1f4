/** @file Artifacts and exports through the real server. */

import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from './world.ts'

let w: World
let id: string
beforeAll(async () => {
  w = await startWorld({ workers: 0 })
  id = (await w.capstan.tracking.start({ body: { name: 'files' } })).id
})
afterAll(() => w.server.close())

const put = async (path: string, content: string | Uint8Array<ArrayBuffer>) => {
  const answer = await fetch(
    `${w.server.address}/api/2.0/mlflow-artifacts/artifacts/0/${id}/artifacts/${encodeURI(path)}`,
    { method: 'PUT', body: content, headers: { 'content-type': 'application/octet-stream' } },
  )
  expect(answer.status).toBe(200)
}
const preview = (path: string) => w.capstan.artifacts.preview({ params: { id }, query: { path } })

describe('artifacts', () => {
  test('a folder lists its files, and a file comes back as it went in', async () => {
    await put('plots/a 中.txt', 'hello')
    await put('plots/deep/b.bin', new Uint8Array([1, 0, 2]))
    expect(await w.capstan.artifacts.list({ params: { id } })).toEqual([
      { path: 'plots', folder: true, bytes: 8 },
    ])
    expect(await w.capstan.artifacts.list({ params: { id }, query: { path: 'plots' } })).toEqual([
      { path: 'plots/a 中.txt', folder: false, bytes: 5 },
      { path: 'plots/deep', folder: true, bytes: 3 },
    ])
    const bytes = await w.capstan.artifacts.get({ params: { id }, query: { path: 'plots/deep/b.bin' } })
    expect([...bytes]).toEqual([1, 0, 2])
  })

  test('what is not there, or outside, is refused', async () => {
    const get = (path: string) => w.capstan.artifacts.get({ params: { id }, query: { path } })
    for (const wrong of [
      get('plots/none'),
      get('plots'),
      preview('none'),
      w.capstan.artifacts.list({ params: { id }, query: { path: 'nowhere' } }),
    ])
      await expect(wrong).rejects.toMatchObject({ status: 404, body: { code: 'artifact/missing' } })
    for (const path of ['../x', '/etc/passwd', '%2e%2e/x', 'a\\b'])
      await expect(get(path)).rejects.toMatchObject({ body: { code: 'artifact/path' } })
    await expect(w.capstan.artifacts.list({ params: { id: 'run_none' } })).rejects.toMatchObject({
      status: 404,
    })
  })

  test('previews say what a file is by its bytes', async () => {
    await put('a.json', '{"b":[1]}')
    await put('broken.json', '{"b":')
    await put('t.csv', 'x,y\n1,"a,b"\n')
    await put('long.log', '中'.repeat(40_000))
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])
    await put('picture.txt', png)
    await put('bytes.dat', new Uint8Array([0, 255]))
    await put('bad.onnx', 'no model')
    expect(await preview('a.json')).toMatchObject({ kind: 'json', text: '{\n  "b": [\n    1\n  ]\n}' })
    expect(await preview('broken.json')).toMatchObject({ kind: 'text', text: '{"b":' })
    expect(await preview('t.csv')).toMatchObject({
      kind: 'table',
      columns: ['x', 'y'],
      rows: [['1', 'a,b']],
      cut: false,
    })
    const long = await preview('long.log')
    expect(long).toMatchObject({ kind: 'text', cut: true, bytes: 120_000 })
    expect(long.kind === 'text' && long.text.replaceAll('中', '')).toBe('')
    expect(await preview('picture.txt')).toMatchObject({ kind: 'image', type: 'image/png' })
    expect(await preview('bytes.dat')).toMatchObject({ kind: 'none' })
    expect(await preview('bad.onnx')).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringMatching(/./),
    })
  })
})

describe('exports', () => {
  test('CSV and Parquet hold what was logged, NaN and awkward texts too', async () => {
    const at = 1_700_000_000_000
    const start = (name: string, value: number | 'NaN' | null) =>
      w.capstan.tracking
        .start({ body: { name, experiment: 'x', params: { lr: '0.1', text: 'a,"b"\n' } } })
        .then((run) =>
          value === null
            ? null
            : w.capstan.tracking.log({
                params: { id: run.id },
                body: { metrics: [{ key: 'm', value, at }] },
              }),
        )
    await start('one', 0.5)
    await start('two', 'NaN')
    await start('三', null)
    const body = { filter: "params.lr = '0.1'", orderBy: ['number'] }
    const csv = new TextDecoder().decode(
      await w.capstan.tracking.export({ body: { ...body, format: 'csv' } }),
    )
    expect(csv.split('\r\n')[0]).toMatch(/^id,number,name,.*params\.lr,params\.text,metrics\.m/)
    expect(csv).toMatch(/,one,.*,0\.1,"a,""b""\n",0\.5/)
    expect(csv).toMatch(/,two,[\s\S]*,NaN,two/)
    const file = await w.capstan.tracking.export({ body: { ...body, format: 'parquet' } })
    const rows = await parquetReadObjects({
      file: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength),
    })
    expect(rows.map((row) => [row.name, row['metrics.m'], row['params.text']])).toEqual([
      ['one', 0.5, 'a,"b"\n'],
      ['two', NaN, 'a,"b"\n'],
      ['三', null, 'a,"b"\n'],
    ])
    expect(rows[0]!.startedAt).toBeInstanceOf(Date)
    const none = await w.capstan.tracking.export({ body: { filter: "name = 'none'", format: 'parquet' } })
    expect(await parquetReadObjects({ file: none.buffer })).toEqual([])
    await expect(
      w.capstan.tracking.export({ body: { filter: 'metrics.m >', format: 'csv' } }),
    ).rejects.toMatchObject({
      body: { code: 'search/invalid' },
    })
  })
})
