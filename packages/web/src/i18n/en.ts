/** @file Every word of the pages, in English. */
import { access } from './en/access.ts'
import { forms } from './en/forms.ts'
import { frame } from './en/frame.ts'
import { goalForms } from './en/goalForms.ts'
import { lifeCycle } from './en/lifeCycle.ts'
import { loop } from './en/loop.ts'
import { management } from './en/management.ts'
import { market } from './en/market.ts'
import { marketForms } from './en/marketForms.ts'
import { measures } from './en/measures.ts'
import { resourceForms } from './en/resourceForms.ts'
import { review } from './en/review.ts'
import { riskForms } from './en/riskForms.ts'
import { risks } from './en/risks.ts'
import { sweeps } from './en/sweeps.ts'
import { tracking } from './en/tracking.ts'
import { webhooks } from './en/webhooks.ts'

export const en = {
  ...frame,
  ...forms,
  ...goalForms,
  ...access,
  ...loop,
  ...management,
  ...market,
  ...marketForms,
  ...measures,
  ...lifeCycle,
  ...risks,
  ...riskForms,
  ...resourceForms,
  ...review,
  ...sweeps,
  ...tracking,
  ...webhooks,
} as const
