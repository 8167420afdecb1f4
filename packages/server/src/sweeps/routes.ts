/** @file Routes of sweeps. */
import { api, refusedError, type Sweep } from '@capstan/api'
import { bestTrial, message } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { designs } from '../designs/store.ts'
import { bind } from '../http/register.ts'
import { advanceSweep, type Played, play, stopRun, trialOf } from './advance.ts'
import { refuseSweep } from './start-trial.ts'
import { type SweepRecord, saveTrial, sweeps, trialsOf } from './store.ts'

export function sweepRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId, compute } = context

  bind(app, api.sweeps.list, async () => {
    const all = await sweeps.newest(db)
    return Promise.all(all.map(async (sweep) => summary(sweep, await play(context, sweep))))
  })

  bind(app, api.sweeps.get, async ({ params }) => {
    const sweep = await sweeps.get(db, params.id)
    const played = await play(context, sweep)
    const results = played
      .filter(({ trial }) => trial.state === 'finished' && trial.value !== null)
      .map(({ trial }) => ({ values: trial.values, value: trial.value! }))
    const importance = await compute.run('importanceOf', { plan: sweep.plan, results })
    return {
      sweep: summary(sweep, played),
      trials: played.map(({ trial, run }) => ({ ...trial, runState: run.state })),
      importance: importance.map((each) => ({ ...each, parameters: [...each.parameters] })),
    }
  })

  bind(app, api.sweeps.start, async ({ body, actor }) => {
    const { name, plan, subject } = body
    refuseSweep({ plan, subject })
    if (subject.kind === 'train') await designs.get(db, subject.designId)
    const sweep = await change(actor, async (tx) => {
      const made = await sweeps.insert(tx.db, {
        ...{ id: newId('sweep'), name, plan, subject },
        ...{ state: 'running', createdBy: actor, createdAt: tx.at, endedAt: null, reason: null },
      })
      await tx.record('sweep', 'started', made.id, { name, method: plan.method, metric: plan.goal.metric })
      return made
    })
    try {
      await advanceSweep(context, sweep.id)
    } catch (error) {
      // a first trial that is refused refuses the sweep: nothing was started
      await change(actor, async (tx) => {
        const reason = message('sweep.stop.asked', {})
        await sweeps.change(tx.db, sweep.id, (s) => ({ ...s, state: 'stopped', reason, endedAt: tx.at }))
        await tx.record('sweep', 'stopped', sweep.id, { name })
      })
      throw error
    }
    const now = await sweeps.get(db, sweep.id)
    return summary(now, await play(context, now))
  })

  bind(app, api.sweeps.stop, async ({ params, actor }) => {
    await change(actor, async (tx) => {
      const sweep = await sweeps.get(tx.db, params.id)
      if (sweep.state !== 'running') throw refusedError(message('sweep.ended', { name: sweep.name }))
      const reason = message('sweep.stop.asked', {})
      for (const trial of await trialsOf(tx.db, sweep.id)) {
        if (trial.state !== 'running') continue
        const stop = { reason, curve: null }
        await saveTrial(tx.db, sweep.id, { ...trial, state: 'cancelled', stop })
        await stopRun(tx, { id: trial.runId, number: trial.runNumber }, stop)
      }
      await sweeps.change(tx.db, sweep.id, (s) => ({ ...s, state: 'stopped', reason, endedAt: tx.at }))
      await tx.record('sweep', 'stopped', sweep.id, { name: sweep.name })
    })
    const sweep = await sweeps.get(db, params.id)
    return summary(sweep, await play(context, sweep))
  })
}

function summary(sweep: SweepRecord, played: readonly Played[]): Sweep {
  const best = bestTrial(sweep.plan.goal, played.map(trialOf))
  const sum = (unit: 'amount' | 'hours') => played.reduce((total, { trial }) => total + trial.cost[unit], 0)
  return {
    ...sweep,
    trials: played.length,
    best: best && {
      trial: best.number,
      runId: played.find(({ trial }) => trial.number === best.number)!.trial.runId,
      value: best.value!,
    },
    spent: { amount: sum('amount'), hours: sum('hours') },
  }
}
