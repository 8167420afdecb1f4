/** @file The Chinese sentences of reviews, proposals and changes of the plan. */
export const reviewZhCN = {
  'review.summary': '{changed} 项关键结果有变化，提出 {proposals} 条调整建议。',
  'review.keyResult.first': '{name}：首次实测为 {value}（目标 {target}）。',
  'review.keyResult.moved': '{name}：由 {before} 变为 {after}（目标 {target}）。',
  'review.keyResult.same': '{name}：{value}，没有变化（目标 {target}）。',
  'review.keyResult.none': '{name}：尚未测量。',
  'review.budget': '{name}：{pool} 已用 {spent} / {budget} {unit:term}。',
  'review.risk.moved': '{name}：年预期损失由 {before:money} 变为 {after:money}。',
  'review.risk.same': '{name}：年预期损失 {after:money}，没有变化。',
  'review.decision.brier': '“{title}”当时预计概率 {chance:percent}；Brier 得分 {score}（0 为完美）。',
  'review.decision.crps': '“{title}”当时预测 {forecast}，实际 {value}；CRPS {score}（0 为完美）。',
  'review.belief':
    '{name}：{successes} 项关键结果达成、{failures} 项未达成，成功概率由 {before:percent} 变为 {after:percent}。',
  'review.estimator':
    '{name}：实际{subject:term}为估算的 {factor} 倍（80% 区间 {low} 至 {high}；估算 {count} 项）。',

  'proposal.raise.title': '将 {name} 的目标由 {from} 提高到 {to}',
  'proposal.tighten.title': '将 {name} 的目标由 {from} 收紧到 {to}',
  'proposal.raise.reason':
    '当前为 {value}，达成目标 {from} 的概率为 {chance:percent}。新目标保留已取得进展的一半。',
  'proposal.raise.effect': '达成 {name} 的概率变为 {chance:percent}。',
  'proposal.move.title': '将“{pool}”的 {amount} {unit:term} 由 {from} 调给 {to}',
  'proposal.move.reason': '{from} 已达成其关键结果，用了 {spent} / {budget} {unit:term}。{to} 属于次优方案。',
  'proposal.move.effect': '{to} 可以启动，期望价值 {value:money}。',
  'proposal.stop.title': '停止 {name}',
  'proposal.stop.reason': '{pool} 预算已用 {burned:percent}，而其关键结果的达成概率为 {chance:percent}。',
  'proposal.stop.effect': '释放“{pool}” {amount} {unit:term}。',
  'proposal.start.title': '启动 {name}',
  'proposal.start.reason': '它属于配置方案的次优选择，而已选举措均已完成。',
  'proposal.start.effect': '增加期望价值 {value:money}。',
  'proposal.estimate.title': '将 {name} 的 {pool} 估算由 {from} 调整为 {to} {unit:term}',
  'proposal.estimate.reason': '原估算为 {from} {unit:term}；完成 {done:percent} 的工作实际用了 {spent}。',
  'proposal.estimate.effect': '下次配置中“{pool}”将少安排 {amount} {unit:term}。',
  'proposal.estimate.over': '下次配置中“{pool}”将多安排 {amount} {unit:term}。',
  'proposal.risk.lower': '将“{name}”的频率由每年 {from} 次下调到 {to} 次',
  'proposal.risk.raise': '将“{name}”的频率由每年 {from} 次上调到 {to} 次',
  'proposal.risk.reason': '其风险指标“{measure}”实测为 {value}，处于{state:term}。',
  'proposal.risk.effect': '年预期损失由 {before:money} 变为 {after:money}。',
  'proposal.measure.title': '测量 {name}',
  'proposal.measure.reason': '截止日期为 {due}，但还没有数据点，达成概率未知。',
  'proposal.measure.effect': '之后即可预测其所属目标的达成概率。',

  'review.changed': '{name}：{fact:term}当时为 {before:term}，现在为 {after:term}。',
  'review.runs':
    '已结束的训练运行 {ended} 个，其中完成 {finished} 个、失败 {failed} 个；共花费 {cost:money}。',
  'review.runTime':
    '有估算的训练运行 {estimated} 个：预计 {predicted} 分钟，实际 {actual} 分钟，为估算的 {factor} 倍。',
  'review.risk.observed': '{name}：发生事件 {events} 起，预期 {expected} 起；年预期损失 {after:money}。',

  'proposal.fund.title': '为 {name} 拨付资源',
  'proposal.resolved.stop':
    '依据本次复盘更新后的判断重新求解，配置方案不再选中该举措；新方案为 {portfolio:list}，价值高出 {gain:money}。',
  'proposal.resolved.fund':
    '依据本次复盘更新后的判断重新求解，配置方案选中 {portfolio:list}，价值比现有方案高出 {gain:money}。',
  'proposal.resolved.gain': '整个方案的期望价值由 {before:money} 变为 {value:money}。',
  'proposal.hire.title': '将 {pool} 每期扩充 {amount} {unit:term}（招聘或外包）',
  'proposal.extend.title': '将 {pool} 每期扩充 {amount} {unit:term}',
  'proposal.extend.reason': '{pool} 是方案的瓶颈：在松弛后的配置中，每多 1 {unit:term}价值 {price:money}。',
  'proposal.extend.effect': '扩充后重新求解，配置方案的价值增加 {gain:money}；扩充本身花费 {cost:money}。',
  'proposal.rebase.title': '将 {name} 尚未完成的{subject:term}估算乘以 {factor}',
  'proposal.rebase.reason':
    '已完成的估算有 {count} 项，实际为估算的 {factor} 倍（80% 区间 {low} 至 {high}）。',
  'proposal.rebase.effect': '涉及未完成的估算 {open} 项，合计由 {before} 变为 {after}。',
  'proposal.risk.incidents':
    '{days} 天内发生事件 {events} 起，原先预期 {expected} 起；据此更新频率（Gamma-Poisson）。',
  'proposal.mitigate.title': '采用缓解措施“{name}”',
  'proposal.mitigate.reason': '它可使“{risk}”的年预期损失降低 {saved:money}，每年花费 {cost:money}。',
  'proposal.target.title': '将 {name} 的目标由 {from} 改为 {to}',
  'proposal.chance.title': '将 {name} 的成功概率由 {from:percent} 设为 {to:percent}',
  'proposal.shrink.title': '将 {pool} 每期缩减 {amount} {unit:term}',
  'proposal.typed.by': '由 {name:term} 提出。',
  'proposal.typed.reason': '由 {name:term} 提出：{note}',
  'proposal.typed.effect':
    '规划的期望价值由 {valueBefore:money} 变为 {valueAfter:money}，年预期损失由 {lossBefore:money} 变为 {lossAfter:money}。',

  'change.gone': '当前规划中没有{noun:term} {id}。',
  'change.state': '{name} 的状态为{state:term}，不适用这项更改。',
  'change.share': '{name}：{to} 不是占比。占比应在 0 到 1 之间。',
  'change.positive': '{name}：{to} 必须大于 0。',
  'change.noAllocation': '尚无已批准的配置方案。请先求解并批准一个。',
  'change.itself': '{name} 不能调配给自己。',
  'change.notEnough':
    '无法从 {name} 调出 {pool} 的 {amount} {unit:term}：可调出 {left} {unit:term}，且数量必须大于 0。',
  'change.start': '{name}：{start} 不是有效的期次。期次从 0 开始计数。',
  'change.noCapacity':
    '{name} 需要 {pool} 的 {needed} {unit:term}，目前空闲 {free} {unit:term}。请先停止或调整其他举措，或扩充资源池。',
  'change.amount': '{name}：不能改为或改变 {amount}。',
  'change.factor': '{name} 的估算不能乘以 {factor}；倍数应在 0.1 到 10 之间。',
  'change.granted': '{pool} 不能缩减这么多：已拨付的数量会比剩余多出 {missing} {unit:term}。',
  'change.adopted': '缓解措施“{name}”已经采用。',
  'change.noNumbers': '此建议没有可更改的数字，“{field}”不属于它。',
  'change.otherNumbers': '“{field}”不属于此建议。可更改的有：{known}。',
  'change.tooMany': '一次提交 {found} 项更改过多，最多可同时提交 {most} 项。',

  'review.decided': '{name:term} 已对此建议作出决定：{state:term}。',
  'review.stale': '复盘之后规划已有变化。{changes}请重新复盘。',
  'review.noPlan': '第 {number} 周期尚无可复盘的内容：本周期还没有批准过配置方案。请先求解并批准一个。',
  'review.nothingDecided':
    '没有作出任何决定。请先决定某项建议，或按现有规划直接开启下一周期（opens: next）。',
  'review.turned': '第 {number} 周期已经关闭，下一周期已开启。',
  'review.typed.old': '这次复盘已不是最新的一次。请向最新的复盘提出建议。',
  'review.due': '第 {number} 周期已于 {end} 结束。请进行复盘；所接受的建议将开启下一周期。',
  'review.notOpen': '此建议已被后来的复盘取代。',
}
