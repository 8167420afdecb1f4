/** @file Chinese sentences about risks, their causes, indicators, incidents, mitigations and the appetite. */
export const riskZhCN = {
  'risk.frequency':
    '“{name}”的发生频率应为每年 0 次以上的数值、大于 0 的区间，或 alpha、beta 均大于 0 的分布。',
  'risk.frequencyOrder': '“{name}”的频率区间为每年 {low} 至 {high} 次，上限不能小于下限。',
  'risk.frequencyRange':
    '“{name}”的频率区间从每年 {low} 次开始；区间下限必须大于 0。若可能从不发生，请填一个很小的数。',
  'risk.frequencyWide':
    '“{name}”的频率区间为每年 {low} 至 {high} 次，相差超过一百万倍。请缩小区间，或拆成两项风险。',
  'risk.frequencyHigh':
    '“{name}”每年发生 {rate} 次。超过 {most} 次就是日常成本：请列入预算，或用一个事件代表多次。',
  'risk.loss': '“{name}”的损失区间顺序有误：下限须大于 0 且不超过上限，或满足 最小 ≤ 最可能 ≤ 最大。',
  'risk.lossNegative': '“{name}”的损失为 {amount}；损失金额不能为负。',
  'risk.lossWide':
    '“{name}”的损失区间为 {low:money} 至 {high:money}，相差超过一百万倍。请缩小区间，或拆成两项风险。',
  'risk.lossHigh': '“{name}”的损失达到 {amount:money}；最多可模拟 {most:money}。',
  'risk.commonCause': '“{name}”的共因系数必须在 0 到 1 之间。',
  'risk.weights': '“{name}”各共因的权重合计为 {weights}；每个权重不能为负，合计不超过 1。',
  'risk.causeTwice': '“{name}”重复列出了共因 {cause}，请只给一个权重。',
  'risk.triggersItself': '“{name}”不能触发自身。',
  'risk.triggerChance': '其他风险触发“{name}”的概率为 {chance}；必须大于 0 且不超过 1。',
  'risk.triggerTwice': '“{name}”重复列出了同一个触发它的风险，请只给一个概率。',
  'risk.circle': '风险之间的触发关系构成循环：{names}。请去掉其中一环。',
  'risk.archived': '“{name}”已归档，请先恢复。',
  'risk.sets': '“{name}”会触发 {others:list}。归档前请先在那里去掉它。',
  'risk.future': '“{name}”的估计时间 {at} 在未来。',
  'risk.events': '这些风险在 {years} 年里会产生 {events} 次事件，最多可模拟 {most} 次。请改为 {fewer} 年。',
  'risk.none': '没有可模拟的风险。请先登记一项，或从风险目录中选取。',
  'risk.catalogue': '风险目录中没有 {key}。',
  'risk.present': '“{name}”已从目录中登记过。',

  'cause.volatility': '“{name}”的波动率必须在 0 到 10 之间：即其年度系数（均值为 1）的标准差。',
  'cause.correlation':
    '“{name}”与“{other}”的相关系数为 {correlation}；必须在 -1 到 1 之间，且对象是另一个共因。',
  'cause.conflict': '“{name}”与“{other}”的相关系数写了两次：{correlation} 和 {back}。请只写一次。',
  'cause.matrix':
    '这些共因不可能同时具有所填的相关性：{names:list}。相关矩阵不是半正定的，请让相关系数更接近 0。',
  'cause.used': '共因“{name}”不能移除：{others:list} 依赖它。',

  'risk.appetite': '一年内损失超过 {loss:money} 的概率为 {chance:percent}，可接受上限为 {accepted:percent}。',
  'appetite.empty': '风险偏好至少需要一个损失金额及其可容忍的概率。',
  'appetite.loss': '风险偏好中的损失为 {loss}；金额不能为负。',
  'appetite.chance': '对损失 {loss:money} 所容忍的概率为 {chance}；必须在 0 到 1 之间。',
  'appetite.order': '风险偏好中的损失必须递增：{loss:money} 不大于前面的 {before:money}。',
  'appetite.rises':
    '损失越大，容忍的概率不能越高：{lossBefore:money} 为 {chanceBefore:percent}，而 {loss:money} 为 {chance:percent}。',
  'appetite.never': '已设定风险偏好，但风险尚未模拟过。请在发布前先模拟。',
  'appetite.stale': '上次模拟之后风险已有变化。请在发布前重新模拟。',
  'appetite.exceeded':
    '风险超出偏好：一年内损失超过 {loss:money} 的概率为 {chance:percent}，可接受上限为 {accepted:percent}。请采取缓解措施，或调整风险偏好。',

  'mitigation.frequency': '“{name}”将频率乘以 {factor}；缓解措施只会降低风险，系数须在 0 到 1 之间。',
  'mitigation.loss': '“{name}”将损失乘以 {factor}；缓解措施只会降低风险，系数须在 0 到 1 之间。',
  'mitigation.nothing': '“{name}”既不改变频率也不改变损失。请至少给其中一项小于 1 的系数。',
  'mitigation.cost': '“{name}”每年成本为 {cost}；成本不能为负。',

  'indicator.amberBelow':
    '“{measure}”越高越好，因此应先到黄色（{amber}）再到红色（{red}）：黄色限值不能低于红色。',
  'indicator.amberAbove':
    '“{measure}”越低越好，因此应先到黄色（{amber}）再到红色（{red}）：黄色限值不能高于红色。',
  'indicator.factors': '指标系数必须从绿到红递增；现为 {green}、{amber}、{red}。',
  'indicator.twice': '“{risk}”已由“{measure}”监视，请直接修改该指标。',

  'incident.future': '事件发生时间 {at} 在未来。请在发生之后再记录。',
  'incident.resolved': '事件发生于 {at}，解决时间不能早于它（{resolvedAt}）。',
  'incident.open': '未解决的事件没有解决时间。请将其标为已解决，或去掉该时间。',
  'incident.link': '找不到要关联的{noun:term} {id}。',
} as const
