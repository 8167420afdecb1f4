/** @file Evaluations: a model on a data set version. */
import { z } from 'zod'
import { BlobHash, ById, Count, Id, Instant, Interval, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Evaluation = z.object({
  id: Id,
  /** The training run whose model was evaluated. */
  runId: Id,
  /** The evaluation's own run, with its cost. */
  evaluationRunId: Id,
  datasetVersionId: Id,
  split: z.literal('test'),
  model: BlobHash,
  samples: Count,
  correct: Count,
  accuracy: Share,
  /** 95 % Wilson interval of the accuracy. */
  interval: Interval,
  standardError: z.number(),
  /** Mean cross-entropy. */
  loss: z.number(),
  classes: z.array(z.string()),
  /** Rows: true class; columns: predicted class. */
  confusion: z.array(z.array(Count)),
  perClass: z.array(
    z.object({ precision: Share.nullable(), recall: Share.nullable(), f1: Share.nullable(), samples: Count }),
  ),
  mostConfused: z.array(z.object({ actual: Count, predicted: Count, count: Count })),
  calibration: z.object({
    error: Share,
    bins: z.array(
      z.object({
        low: Share,
        high: Share,
        samples: Count,
        confidence: z.number().nullable(),
        accuracy: z.number().nullable(),
      }),
    ),
  }),
  /** A few wrong answers for the eye, most confident first. */
  mistakes: z.array(
    z.object({ index: Count, actual: Count, predicted: Count, confidence: Share, pixels: z.array(Count) }),
  ),
  createdAt: Instant,
})
export type Evaluation = z.infer<typeof Evaluation>

export const evaluationRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/evaluations',
    summary: 'Evaluations, newest first',
    access: 'viewer',
    response: z.array(Evaluation),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/evaluations/:id',
    summary: 'One evaluation',
    access: 'viewer',
    params: ById,
    response: Evaluation,
  }),
}
