/** @file Every word of the pages, in 简体中文. */
import type { en } from './en.ts'
import type { Words } from './words.ts'
import { access } from './zh-CN/access.ts'
import { forms } from './zh-CN/forms.ts'
import { frame } from './zh-CN/frame.ts'
import { goalForms } from './zh-CN/goalForms.ts'
import { lifeCycle } from './zh-CN/lifeCycle.ts'
import { loop } from './zh-CN/loop.ts'
import { management } from './zh-CN/management.ts'
import { market } from './zh-CN/market.ts'
import { marketForms } from './zh-CN/marketForms.ts'
import { measures } from './zh-CN/measures.ts'
import { resourceForms } from './zh-CN/resourceForms.ts'
import { review } from './zh-CN/review.ts'
import { riskForms } from './zh-CN/riskForms.ts'
import { risks } from './zh-CN/risks.ts'
import { sweeps } from './zh-CN/sweeps.ts'
import { tracking } from './zh-CN/tracking.ts'
import { webhooks } from './zh-CN/webhooks.ts'

export const zhCN: Words<typeof en> = {
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
}
