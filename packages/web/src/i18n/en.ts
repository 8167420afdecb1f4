/** @file Every word of the pages, in English. */
import { access } from './en/access.ts'
import { frame } from './en/frame.ts'
import { lifeCycle } from './en/lifeCycle.ts'
import { loop } from './en/loop.ts'
import { management } from './en/management.ts'
import { market } from './en/market.ts'
import { measures } from './en/measures.ts'
import { review } from './en/review.ts'
import { risks } from './en/risks.ts'
import { sweeps } from './en/sweeps.ts'
import { tracking } from './en/tracking.ts'

export const en = {
  ...frame,
  ...access,
  ...loop,
  ...management,
  ...market,
  ...measures,
  ...lifeCycle,
  ...risks,
  ...review,
  ...sweeps,
  ...tracking,
} as const
