/** @file Chinese sentences about pools, budgets, currencies and the runway. */
import type { resourcesEn } from './en-resources.ts'

export const resourcesZh = {
  'pool.unit': '资源池“{pool}”以{unit:term}计量，不能记入{given:term}。请以{unit:term}给出数量。',
  'pool.cashUnit': '现金以工作区货币 {currency} 计量，单位 {given} 与之不符。',
  'pool.skillKind': '只有人员资源池才有技能，“{pool}”不是人员资源池。',
  'pool.nobody': '没有成员具备技能“{skill}”。请先为成员登记该技能，或直接填写容量。',
  'pool.used': '不能删除资源池“{pool}”：{users:list}仍需要它，或台账中已有其记录。',
  'pool.typed': '人员容量是手工填写的，因此谁离开都不会改变它。请为人员资源池指定其代表的技能。',
  'member.absent': '缺勤的结束日期 {to} 早于开始日期 {from}。',
  'holiday.dates': '假期“{name}”的结束日期 {to} 早于开始日期 {from}。',
  'date.none': '{date} 不是有效日期。请写成 2026-03-01 的形式。',
  'currency.unknown': '{currency} 不是有效货币。请使用 ISO 4217 代码，例如 CNY 或 USD。',
  'currency.noRate': '{date} 没有从 {from} 到 {to} 的汇率。请添加汇率并注明来源，或直接以 {to} 给出金额。',
  'currency.fixed': '已有以 {currency} 计的金额。请先删除资源池，或借助汇率以其他货币填写金额。',
  'currency.same': '{currency} 对自身的汇率就是 1，无需登记。',
  'ledger.corrected': '记录 {id} 已被冲销。',
  'ledger.correction': '记录 {id} 本身就是冲销记录；请重新记账。',
  'ledger.future': '该记录的时间在未来（{at}）。台账只记录已经发生的使用。',
  'budget.completion.plan':
    '为时尚早，无法判断消耗速度：按计划剩余部分计算，将用去 {amount} {unit:term} 中的 {expected}。',
  'budget.completion.pace':
    '按目前的速度，将用去 {amount} {unit:term} 中的 {expected}（{low} 至 {high}）；超支的概率为 {chance:percent}。',
  'budget.completion.end': '计划已结束：用去 {amount} {unit:term} 中的 {expected}。',
  'whatif.unknown': '此配置方案中没有{noun:term} {id}。',
  'whatif.same': '方案保持不变。',
  'whatif.better':
    '方案改变，增加 {gain:money}：加入 {added:list}；移出 {removed:list}；调整时间 {moved:list}。',
  'whatif.worse':
    '方案改变，减少 {loss:money}：加入 {added:list}；移出 {removed:list}；调整时间 {moved:list}。',
  'whatif.impossible': '这样就没有可行方案；相互冲突的限制已列出。',
  'whatif.nobody': '没有成员 {id}。',
  'runway.lasts': '在至少 95% 的情形下，现金可支撑 {months} 个月以上。',
  'runway.median':
    '中位情形下现金在第 {median} 个月用尽（不利情形下为第 {early} 个月）；支撑满 {months} 个月的概率为 {chance:percent}。',
  'runway.likely':
    '中位情形下现金可支撑 {months} 个月以上；不利情形下在第 {early} 个月用尽。支撑到期末的概率为 {chance:percent}。',
  'runway.none': '还没有现金计划。请填写现金余额以及每月的支出和收入。',
  'runway.range': '“{field}”的范围从 {low} 到 {high}，下限不能高于上限。',
  'runway.eventDate': '“{name}”的日期 {date} 不在 {asOf} 之后的 {months} 个月之内。',
} satisfies Record<keyof typeof resourcesEn, string>
