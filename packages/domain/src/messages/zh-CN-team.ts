/** @file The Chinese sentences of tasks, comments, approvals, decisions and notices. */
import type { teamEn } from './en-team.ts'

export const teamZhCN = {
  'task.move': '“{title}”处于“{from:term}”，不能变为“{to:term}”。',
  'task.noOwner': '“{title}”还没有负责的成员。请先指派。',
  'task.waits': '“{title}”需等待：{others:list}。',
  'task.unknown': '没有任务 {id}。',
  'task.cycle': '任务会循环等待：{cycle}。请去掉其中一个依赖。',
  'comment.stranger': '这里没有名为{names:list}的成员。成员有：{members:list}。若为代码，请用反引号括起来。',
} as const satisfies Record<keyof typeof teamEn, string>
