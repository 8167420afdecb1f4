/** @file The Chinese sentences of tasks, comments, approvals, decisions and notices. */
import type { teamEn } from './en-team.ts'

export const teamZhCN = {
  'task.move': '“{title}”处于“{from:term}”，不能变为“{to:term}”。',
  'task.noOwner': '“{title}”还没有负责的成员。请先指派。',
  'task.waits': '“{title}”需等待：{others:list}。',
  'task.unknown': '没有任务 {id}。',
  'task.cycle': '任务会循环等待：{cycle}。请去掉其中一个依赖。',
  'comment.stranger': '这里没有名为{names:list}的成员。成员有：{members:list}。若为代码，请用反引号括起来。',

  'approval.closed': '该审批已有结论。',
  'approval.expired': '已过投票期限：此审批开放至 {at}。请重新发起。',
  'approval.role': '角色“{role:term}”不参与此审批。需要：{roles:terms}。',
  'approval.named': '此审批仅由策略中指定的成员投票。',
  'approval.own': '不能审批自己的工作。请由他人审批。',
  'approval.twice': '你已经投过票。',
  'approval.rejected': '已驳回。',
  'approval.approved': '所需人员均已批准。',
  'approval.missing': '还需要：{roles:terms}。',
  'approval.missingMembers': '还需要：{members:list}。',
  'approval.missingBoth': '还需要：{roles:terms}；指定成员：{members:list}。',
  'approval.missingCount': '还需要的票数：{count}。',
  'approval.policy.nobody': '审批策略至少要有一个角色或一名成员必须批准。',
  'approval.policy.twice': '同一成员在该策略中出现了两次。',
  'approval.policy.count':
    '仅指定成员可投票（{members} 人），永远达不到 {count} 票。请加入角色，或减少票数。',

  'decision.options': '各选项必须互不相同。',
  'decision.chosen': '“{chosen}”不在选项之中：{options:list}。',
  'decision.expectation': '预期须写成概率或区间，二者取其一。',
  'decision.interval': '区间需要下限和上限，且下限不大于上限。',
  'decision.noForecast': '“{title}”缺少实测点，预测尚无概率。请自行给出概率，或先测量。',
  'decision.reason': '理由：{text}',
  'decision.proposed': '“{title}”尚未批准；批准后才能记录结果。',
  'decision.known': '“{title}”的结果已有记录。',
  'decision.outcome.one': '请说明是否达成，或给出实际的值，二者取其一。',
  'decision.outcome.met': '当初给出的是概率：请说明是否达成。',
  'decision.outcome.value': '当初给出的是区间：请给出实际的值。',

  'notice.mention': '{author} 在“{subject}”的评论中提到了 {members:list}。',
  'notice.assignment': '任务“{title}”已指派给 {member}。',
  'notice.approvalWanted': '{requester} 请求审批：{title}。',
  'notice.approvalDecided': '“{title}”的审批结果：{state:term}。',
  'notice.overdueTask': '任务“{title}”应于 {due} 完成，已逾期。',
  'notice.overdueApproval': '“{title}”的审批已等待 {days} 天。',
  'notice.endingApproval': '“{title}”的审批投票截止于 {at}。',
  'notice.budget': '{name}：{pool}已用 {used} / {amount} {unit:term}。',
  'notice.riskRed': '风险“{risk}”转为红色：{measure}越过了限值。',
  'notice.runFailed': '训练运行 {number}（{name}）的状态为“{state:term}”。',
  'notice.reviewDue': '{name}已到期：请进行复盘。',
  'notice.trial': '这是对通知地址“{name}”的测试。',

  'webhook.address':
    '{host} 指向内网地址 {address}（{range}）。通知只发往公网地址；如需发往该网络，请在启动服务器时用 CAPSTAN_WEBHOOK_ALLOW 写明该网段。',
  'webhook.protocol': '通知地址须为不含用户名和密码的 http 或 https 地址。',
  'webhook.secret': '通用格式的密钥由系统生成；若自行提供，至少 16 个字符。',
  'webhook.slackSecret': 'Slack 不需要签名：其地址本身就是密钥。',
} as const satisfies Record<keyof typeof teamEn, string>
