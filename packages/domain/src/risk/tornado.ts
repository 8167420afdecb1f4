/** @file What moves the expected loss: each input of each risk at its low and its high end, all else as it is. */
import { lognormalFromInterval } from '../chance/lognormal.ts'
import { pertQuantile } from '../chance/pert.ts'
import { rateInterval } from './frequency.ts'
import { totalExpectedLoss } from './register.ts'
import { type Loss, meanLoss, type Risk } from './risk.ts'

/** One input at the ends of its 90 % interval, and the annual loss expectancy of the whole register at each. */
export type TornadoBar = {
  riskId: string
  input: 'frequency' | 'loss'
  /** Events a year, or the loss of an event. */
  low: { value: number; ale: number }
  high: { value: number; ale: number }
}

/** In closed form, so without noise; widest first. Inputs that are known leave no bar. */
export const tornado = (risks: readonly Risk[]): TornadoBar[] => {
  const withRisk = (changed: Risk) =>
    totalExpectedLoss(risks.map((risk) => (risk.id === changed.id ? changed : risk)))
  return risks
    .flatMap((risk): TornadoBar[] => {
      const rates = rateInterval(risk.frequency)
      const losses = lossInterval(risk.loss)
      const rateAt = (rate: number) => ({ value: rate, ale: withRisk({ ...risk, frequency: { rate } }) })
      const lossAt = (amount: number) => ({
        value: amount,
        ale: withRisk({ ...risk, loss: { kind: 'fixed', amount } }),
      })
      return [
        { riskId: risk.id, input: 'frequency', low: rateAt(rates[0]), high: rateAt(rates[1]) },
        { riskId: risk.id, input: 'loss', low: lossAt(losses[0]), high: lossAt(losses[1]) },
      ]
    })
    .filter(({ low, high }) => high.ale > low.ale)
    .sort((a, b) => b.high.ale - b.low.ale - (a.high.ale - a.low.ale))
}

/** The 5th and 95th percentile of one event's loss. */
export const lossInterval = (loss: Loss): [number, number] => {
  if (loss.kind === 'fixed' || meanLoss(loss) === 0) return [meanLoss(loss), meanLoss(loss)]
  if (loss.kind === 'pert') return [pertQuantile(0.05, loss), pertQuantile(0.95, loss)]
  const { mu, sigma } = lognormalFromInterval(loss.low, loss.high)
  return sigma === 0 ? [Math.exp(mu), Math.exp(mu)] : [loss.low, loss.high]
}
