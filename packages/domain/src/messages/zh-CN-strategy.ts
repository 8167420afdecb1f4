/** @file Chinese sentences about cycles, key results, initiatives, the market and lineages. */
import type { strategyEn } from './en-strategy.ts'

export const strategyZh = {
  'cycle.dates': '周期“{name}”的结束日期 {end} 必须晚于开始日期 {start}。',
  'cycle.long': '周期“{name}”将持续 {days} 天，最长为 {most} 天。',
  'cycle.move': '周期“{name}”处于{from:term}，不能由此进入{to:term}。',
  'cycle.closed': '周期“{name}”已关闭，保持原状。',
  'cycle.open': '周期“{open}”尚未关闭。请先通过复盘将其关闭，再开启新的周期。',
  'cycle.outside': '按此日期，下列关键结果的截止日将落在周期之外：{titles:list}。请先修改它们的截止日。',
  'keyResult.past': '“{title}”的截止日 {due} 已过，请选择未来的日期。',
  'keyResult.outside': '“{title}”的截止日 {due} 不在周期“{cycle}”（{start} 至 {end}）之内。',
  'keyResult.still': '{name} 的目标与基线同为 {baseline}，没有可达成之处。',
  'keyResult.backwards': '{name} 以{direction:term}为好，但目标 {target} 位于基线 {baseline} 的相反方向。',
  'belief.interval': '{name}：成功概率的 80% 区间应在 0 与 1 之间由低到高，不能从 {low} 到 {high}。',
  'belief.chance':
    '{name}：概率应在 0 与 1 之间，且至少抵得上一定次数的试验；{chance}（{trials} 次）不成立。',
  'belief.two': '{name}：成功概率只能给出一次，用 Alpha 与 Beta 或用区间均可。',
  'range.falls': '{name}：{field:term}的范围不能下降，但给出的是 {low}、{mode}、{high}。',
  'initiative.window': '{name} 最早第 {earliest} 期、最晚第 {latest} 期开始，这不构成可行的区间。',
  'initiative.tooLong': '{name} 自第 {earliest} 期起需要 {duration} 期，但总共只规划了 {periods} 期。',
  'initiative.both': '{name} 不能既依赖 {other} 又排斥它。',
  'initiative.itself': '{name} 不能依赖或排斥自身。',
  'initiative.clash': '{name} 永远无法获得资源：它依赖的 {one} 与 {other} 相互排斥。',
  'initiative.waits': '{name} 要等到第 {soonest} 期才能开始，却必须最晚在第 {latest} 期开始。',
  'initiative.running': '{name} 处于{state:term}；其需求只能通过复盘或新的配置方案修改。',
  'objective.used': '“{title}”仍有关键结果：{keyResults:list}。请先将其删除。',
  'initiative.used': '不能删除 {name}：{users:list}以它为前提。',
  'criterion.used': '“{name}”仍有评分，来自{users:list}。请先删除这些评分。',
  'score.twice': '{name} 在“{criterion}”上有两个评分，请只保留一个。',
  'segment.year': '市场规模的年份为 {from} 至 {to}；{year} 年相距太远，无法推断。',
  'lineage.below': '{name} 沿谱系累计用去 {flop} FLOP，未达到任何门槛。',
  'lineage.modifier': '{name} 沿谱系累计用去 {flop} FLOP，修改所用超过原模型的三分之一：修改者视同提供者。',
  'lineage.general': '{name} 沿谱系累计用去 {flop} FLOP：达到 1e23 时，在欧盟推定为通用人工智能模型。',
  'lineage.systemic':
    '{name} 沿谱系累计用去 {flop} FLOP：达到 1e25 时，在欧盟推定为具有系统性风险的通用人工智能模型。',
  'lineage.circle': '版本不能来源于自身：{names}。',
} satisfies Record<keyof typeof strategyEn, string>
