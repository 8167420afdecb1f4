/** @file The vocabulary words that appear as values inside messages, in both languages. */
import type { Language } from './message.ts'

const words = {
  todo: { en: 'to do', 'zh-CN': '待办' },
  doing: { en: 'doing', 'zh-CN': '进行中' },
  blocked: { en: 'blocked', 'zh-CN': '受阻' },
  done: { en: 'done', 'zh-CN': '已完成' },
  dropped: { en: 'dropped', 'zh-CN': '已放弃' },
  queued: { en: 'queued', 'zh-CN': '排队中' },
  running: { en: 'running', 'zh-CN': '运行中' },
  finished: { en: 'finished', 'zh-CN': '已结束' },
  failed: { en: 'failed', 'zh-CN': '失败' },
  cancelled: { en: 'cancelled', 'zh-CN': '已取消' },
  lost: { en: 'lost', 'zh-CN': '失联' },
  candidate: { en: 'candidate', 'zh-CN': '候选' },
  staging: { en: 'staging', 'zh-CN': '预发布' },
  production: { en: 'production', 'zh-CN': '生产' },
  archived: { en: 'archived', 'zh-CN': '已归档' },
  owner: { en: 'owner', 'zh-CN': '所有者' },
  lead: { en: 'lead', 'zh-CN': '负责人' },
  engineer: { en: 'engineer', 'zh-CN': '工程师' },
  reviewer: { en: 'reviewer', 'zh-CN': '评审人' },
  viewer: { en: 'viewer', 'zh-CN': '访客' },
  green: { en: 'green', 'zh-CN': '绿色' },
  amber: { en: 'amber', 'zh-CN': '黄色' },
  red: { en: 'red', 'zh-CN': '红色' },
  unknown: { en: 'unknown', 'zh-CN': '未知' },

  effort: { en: 'effort', 'zh-CN': '工作量' },
  cost: { en: 'cost', 'zh-CN': '成本' },
} satisfies Record<string, Record<Language, string>>

export const terms: Record<string, Record<Language, string>> = words
