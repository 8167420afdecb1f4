/** @file First turn, data: the IDX files become a versioned data set with a profile. */
import type { Dataset, DatasetVersion } from '@capstan/api'
import { uploadFolder } from '../data/upload.ts'
import { datasetName } from './plan.ts'
import type { Team } from './team.ts'
import { clientOf, completeTask, type Turn } from './turn.ts'

/**
 * The data set, uploaded when the workspace does not have it. It comes before everything else, because the
 * measure of the first key result names it.
 */
export async function dataset(turn: Turn): Promise<Dataset> {
  const known = (await clientOf(turn).datasets.list()).find(({ name }) => name === datasetName)
  if (known?.versions[0]) return known
  const { screen, say } = turn.context
  screen.status(say('turn.uploading'))
  const uploaded = await uploadFolder(clientOf(turn), turn.data, {
    name: datasetName,
    description: turn.plan.text.dataset,
    licence: 'CC BY-SA 3.0',
    source: turn.source,
  })
  screen.status('')
  return uploaded.dataset
}

export async function data(turn: Turn, { tasks }: Team, { versions }: Dataset): Promise<DatasetVersion> {
  const { screen, say } = turn.context
  const version = versions[0]!
  screen.heading(say('turn.data'))
  await completeTask(turn, tasks.data, [{ noun: 'dataset', id: version.id }])
  report(version)
  return version

  function report({ profile, sampleShape, classes, number, hash }: DatasetVersion): void {
    const { format } = turn
    const share = (split: (typeof profile.splits)[number]['split']) =>
      profile.splits.find((candidate) => candidate.split === split)?.samples ?? 0
    screen.rows([
      [datasetName, say('turn.version', { number, hash: hash.slice(0, 12) })],
      [
        say('turn.samples'),
        say('turn.splits', {
          train: format.number(share('train')),
          validation: format.number(share('validation')),
          test: format.number(share('test')),
          shape: sampleShape.filter((size) => size > 1).join(' x '),
          classes: classes.length,
        }),
      ],
      [
        say('turn.checks'),
        say('turn.profile', {
          duplicates: profile.splits.reduce((sum, split) => sum + split.duplicates, 0),
          blank: profile.splits.reduce((sum, split) => sum + split.blank, 0),
          leaks: profile.leaks,
        }),
      ],
    ])
  }
}
