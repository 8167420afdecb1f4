/** @file `capstan train`: trains a design on any folder of four IDX files and says how well it does. */
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { CapstanError, DesignSource } from '@capstan/api'
import { accuracyLine } from '@capstan/domain'
import { type Connection, connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { findIdxFiles, idxRoles, readIdxFile } from '../data/idx-folder.ts'
import { uploadFolder } from '../data/upload.ts'
import { type DataShape, isNamedDesign, type NamedDesign, namedDesigns } from '../designs/named.ts'
import { evaluationOf } from '../runs/evaluate.ts'
import { followRun } from '../runs/follow.ts'
import { requireFinished, trainingReport } from '../runs/report.ts'

export interface TrainOptions {
  workspace: string
  data: string
  design: string
  epochs: number
  batch: number
  lr: number
  seed: number
  name?: string
}

export async function train(context: Context, options: TrainOptions): Promise<number> {
  // everything that can be refused is refused before a workspace is made
  const paths = await findIdxFiles(options.data)
  const given = isNamedDesign(options.design) ? options.design : await readDesign(options.design)
  for (const role of idxRoles) if (role.endsWith('labels')) await readIdxFile(paths[role])
  const connection = await connect(context, options.workspace, { workers: 1 })
  try {
    return await trainOn(context, connection, given, options)
  } finally {
    await connection.close()
    if (context.signal.aborted)
      context.screen.line(context.say(connection.own ? 'train.stopped' : 'train.goesOn'))
  }
}

async function trainOn(
  context: Context,
  connection: Connection,
  given: NamedDesign | DesignSource,
  options: TrainOptions,
): Promise<number> {
  const { screen, say, signal } = context
  const { client } = connection
  const folderName = basename(resolve(options.data))
  screen.status(say('turn.uploading'))
  const { version } = await uploadFolder(client, options.data, {
    name: folderName,
    source: resolve(options.data),
  })
  const [height, width] = version.sampleShape.slice(-2)
  const shape = { height: height!, width: width!, classes: version.classes.length }
  screen.status('')
  screen.line(
    say('train.data', {
      name: folderName,
      number: version.number,
      train: samplesOf(version, 'train'),
      validation: samplesOf(version, 'validation'),
      test: samplesOf(version, 'test'),
    }),
  )
  const source = typeof given === 'string' ? namedDesigns[given](shape) : given
  const designName =
    typeof given === 'string' ? designNameFor(given, shape) : basename(options.design, '.json')
  const summary = await client.designs.check({ body: source })
  const kept = (await client.designs.list()).find(
    (known) => known.name === designName && sameJson(known.source, DesignSource.parse(source)),
  )
  const design = kept ?? (await client.designs.create({ body: { name: designName, source } }))
  screen.line(say('train.design', { name: designName, parameters: summary.parameters.toLocaleString() }))
  const queued = await client.runs.create({
    body: {
      name: options.name ?? say('train.runName', { design: designName, data: folderName }),
      designId: design.id,
      datasetVersionId: version.id,
      parameters: {
        epochs: options.epochs,
        batchSize: options.batch,
        learningRate: options.lr,
        seed: options.seed,
      },
    },
  })
  const report = trainingReport(context)
  const run = await followRun(connection, queued.id, {
    signal,
    onUpdate: report.update,
    onAbsence: report.absence,
  })
  screen.status('')
  requireFinished(run, context)
  const evaluation = await evaluationOf(context, connection, run)
  screen.line(accuracyLine(evaluation.accuracy))
  screen.line(screen.paint('dim', say('train.next', { run: run.number })))
  return 0
}

/** A design for other shapes than digits carries its shape in the name. */
function designNameFor(name: NamedDesign, { height, width, classes }: DataShape): string {
  const plain = { linear: 'Linear', 'simple-cnn': 'SimpleCNN', 'wide-cnn': 'WideCNN' }[name]
  return height === 28 && width === 28 && classes === 10 ? plain : `${plain}-${height}x${width}-${classes}`
}

const samplesOf = (
  { profile }: { profile: { splits: { split: string; samples: number }[] } },
  split: string,
): string => (profile.splits.find((known) => known.split === split)?.samples ?? 0).toLocaleString('en-US')

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** @throws {CapstanError} `design/invalid` when the file is missing, no JSON, or no list of layers. */
export async function readDesign(file: string): Promise<DesignSource> {
  const refuse = (detail: string, cause?: unknown) =>
    new CapstanError('design/invalid', { detail: `${file}: ${detail}` }, { cause })
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CapstanError('design/invalid', {
        detail: { en: `there is no file ${file}`, 'zh-CN': `没有文件 ${file}` },
      })
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause)
  }
  const parsed = DesignSource.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw refuse(`${issue.path.join('.') || '-'}: ${issue.message}`)
}
