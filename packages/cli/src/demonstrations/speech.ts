/** @file A speech company that is running out of cash: what to stop, and until when it must raise. */
import type { Language } from '@capstan/api'
import { type Storyteller, storyteller, type WorkspaceDocument, weeks } from './builder.ts'

export function speechCompany(language: Language, today: Date): WorkspaceDocument {
  const zh = language === 'zh-CN'
  const s = storyteller(language, today, {
    name: zh ? '回声语音（演示）' : 'Echo Speech (demonstration)',
    ...{ currency: 'USD', timeZone: 'America/New_York' },
  })
  team(s)
  strategy(s)
  market(s)
  bets(s)
  used(s)
  return s.document()
}

function team({ member, word: t }: Storyteller): void {
  const skills = { speech: t('speech', '语音'), product: t('product', '产品'), sales: t('sales', '销售') }
  member('ruth', t('Ruth Adler', '露丝'), ['owner', 'lead'], [skills.product, skills.sales])
  member('omar', t('Omar Diaz', '奥马尔'), ['lead', 'engineer'], [skills.speech])
  member('nina', t('Nina Petrov', '尼娜'), ['engineer'], [skills.speech])
  member('ken', t('Ken Sato', '佐藤健'), ['engineer', 'reviewer'], [skills.product])
  member('ada', t('Ada Okoye', '阿达'), ['viewer'], [skills.sales])
}

function strategy({ cycle, objective, keyResult, measure, decision, word: t, noise }: Storyteller): void {
  cycle('cycle-1', 1, t('Growth at any price', '不计代价的增长'), [-133, -35], 'closed')
  cycle('cycle-2', 2, t('Live within our means', '量入为出'), [-35, 49], 'running')
  const days = [-34, -30, -26, -22, -18, -14, -10, -6, -2]
  measure(
    {
      id: 'error-rate',
      name: t('Word error rate, calls', '通话词错误率'),
      unit: '1',
      direction: 'down',
      scale: 'proportion',
    },
    days.map((at, i) => [at, 0.148 - 0.0032 * i + noise(0.0012)]),
    t('40 hours of calls (invented).', '40 小时通话（虚构）。'),
  )
  measure(
    {
      id: 'margin',
      name: t('Gross margin of an audio hour', '每音频小时毛利率'),
      unit: '1',
      direction: 'up',
      scale: 'linear',
    },
    days.map((at, i) => [at, 0.21 + 0.012 * i + noise(0.008)]),
  )
  measure(
    { id: 'mrr', name: t('Revenue a month', '月经常性收入'), unit: 'USD', direction: 'up', scale: 'log' },
    days.map((at, i) => [at, 61_000 * 1.012 ** i + noise(400)]),
  )
  objective('survive', 'cycle-2', t('Reach the next round with money left', '带着余粮走到下一轮融资'), 'ruth')
  const bound = { objectiveId: 'survive', due: 47 }
  keyResult({
    ...bound,
    id: 'kr-mrr',
    title: t('$80,000 a month', '月收入 8 万美元'),
    measureId: 'mrr',
    baseline: 61_000,
    target: 80_000,
  })
  keyResult({
    ...bound,
    id: 'kr-margin',
    title: t('Half of an audio hour is margin', '每音频小时毛利过半'),
    measureId: 'margin',
    baseline: 0.21,
    target: 0.5,
  })
  keyResult({
    ...bound,
    id: 'kr-errors',
    title: t('Word error rate below 11 %', '词错误率低于 11%'),
    measureId: 'error-rate',
    baseline: 0.148,
    target: 0.11,
  })
  decision({
    ...{ id: 'decision-1', cycleId: 'cycle-1', decidedBy: 'ruth', at: -125, chance: 0.9, met: false },
    title: t('Train the studio voice now', '立即训练录音棚级语音'),
    options: [t('Now', '立即'), t('After the round', '融资之后')],
    chosen: t('Now', '立即'),
    reason: t('Investors were thought to want it.', '当时认为投资人想看到它。'),
  })
  decision({
    ...{ id: 'decision-2', cycleId: 'cycle-1', decidedBy: 'omar', at: -100, chance: 0.75, met: true },
    title: t('Serve in 8 bits', '以 8 比特推理'),
    options: [t('8 bits', '8 比特'), t('16 bits', '16 比特')],
    chosen: t('8 bits', '8 比特'),
    reason: t('Errors rise by less than 0.2 points.', '错误率上升不到 0.2 个百分点。'),
  })
}

function market({ segment, criterion, contender, swot, word: t }: Storyteller): void {
  const source = t('Invented for the demonstration', '为演示而虚构')
  segment({
    id: 'centres',
    name: t('Call centres', '呼叫中心'),
    summary: '',
    size: { low: 3e8, mode: 6e8, high: 1e9 },
    growth: { low: 0.02, mode: 0.1, high: 0.2 },
    share: { low: 0.001, mode: 0.004, high: 0.01 },
    year: 2026,
    source,
  })
  segment({
    id: 'studios',
    name: t('Audiobook studios', '有声书工作室'),
    summary: '',
    size: { low: 2e7, mode: 6e7, high: 1.6e8 },
    growth: { low: 0.1, mode: 0.3, high: 0.7 },
    share: { low: 0.002, mode: 0.01, high: 0.03 },
    year: 2026,
    source,
  })
  criterion('errors', 'competitor', t('Few errors on calls', '通话错误少'), 4)
  criterion('cost', 'competitor', t('Price of an hour', '每小时价格'), 4)
  contender(
    { id: 'us', kind: 'competitor', name: t('Echo Speech', '回声语音'), summary: '', ours: true },
    { errors: 6, cost: 6 },
  )
  contender(
    { id: 'cloud', kind: 'competitor', name: t('A cloud’s speech service', '某云语音服务'), summary: '' },
    { errors: 7, cost: 5 },
  )
  contender(
    { id: 'open', kind: 'competitor', name: t('Open weights', '开源模型'), summary: '' },
    { errors: 5, cost: 9 },
  )
  swot('strength', t('Calls with accents', '擅长口音通话'), 4)
  swot('weakness', t('Every hour served costs most of its price', '每小时收入大半用于推理'), 5, {
    noun: 'measure',
    id: 'margin',
  })
  swot('opportunity', t('Call centres that must keep audio at home', '要求音频不出本地的呼叫中心'), 4, {
    noun: 'segment',
    id: 'centres',
  })
  swot('threat', t('Cash ends before the round', '现金在融资前耗尽'), 5)
}

function bets({ pool, initiative, runway, version, word: t, date }: Storyteller): void {
  const twelve = weeks(1, 12)
  pool({
    id: 'speech',
    name: t('Speech', '语音'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 620,
    skill: t('speech', '语音'),
    device: null,
  })
  pool({
    id: 'product',
    name: t('Product', '产品'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 560,
    skill: t('product', '产品'),
    device: null,
  })
  pool({
    id: 'gpu',
    name: t('Rented GPUs', '租用算力'),
    kind: 'compute',
    unit: 'h',
    capacity: weeks(1300, 12),
    rate: 2.6,
    skill: null,
    device: 'H100 SXM',
  })
  pool({
    id: 'cash',
    name: t('Cash to spend', '可支配现金'),
    kind: 'cash',
    unit: 'USD',
    capacity: weeks(6000, 12),
    rate: 1,
    skill: null,
    device: null,
  })
  const c = { cycleId: 'cycle-2' }
  initiative({
    ...c,
    id: 'studio',
    segmentId: 'studios',
    name: t('Studio voice at 48 kHz', '48 kHz 录音棚语音'),
    summary: t('Began last cycle; over its estimate.', '上一周期启动，已超出估算。'),
    value: { low: 50_000, mode: 400_000, high: 1.2e6 },
    chance: { low: 0.08, high: 0.3 },
    needs: { gpu: weeks(1000, 9), speech: weeks(6, 9), cash: weeks(2500, 6) },
    serves: ['kr-mrr'],
    estimatorId: 'omar',
  })
  initiative({
    ...c,
    id: 'distil',
    latest: 2,
    segmentId: 'centres',
    name: t('Distil the call model', '蒸馏通话模型'),
    summary: t('A third of the size at the same errors.', '体积三分之一，错误率不变。'),
    value: { low: 150_000, mode: 420_000, high: 700_000 },
    chance: { low: 0.5, high: 0.85 },
    needs: { gpu: weeks(450, 4), speech: weeks(5, 5) },
    serves: ['kr-margin'],
    estimatorId: 'nina',
  })
  initiative({
    ...c,
    id: 'onsite',
    segmentId: 'centres',
    name: t('Runs in the customer’s own rooms', '客户本地部署'),
    summary: t('Two signed letters of intent.', '已有两份意向书。'),
    value: { low: 180_000, mode: 460_000, high: 900_000 },
    chance: { low: 0.45, high: 0.8 },
    needs: { product: weeks(5, 6), speech: weeks(2, 4), cash: weeks(1500, 6) },
    prerequisites: ['distil'],
    serves: ['kr-mrr'],
    estimatorId: 'ken',
  })
  initiative({
    ...c,
    id: 'accents',
    segmentId: 'centres',
    name: t('Twelve more accents', '新增十二种口音'),
    summary: t('Bought recordings, fine-tuning.', '购买录音并微调。'),
    value: { low: 60_000, mode: 180_000, high: 320_000 },
    chance: { low: 0.5, high: 0.85 },
    needs: { gpu: weeks(300, 3), speech: weeks(3, 4), cash: weeks(4000, 3) },
    serves: ['kr-errors'],
    estimatorId: 'nina',
  })
  initiative({
    ...c,
    id: 'prices',
    segmentId: 'centres',
    name: t('Prices by the audio hour', '按音频小时计价'),
    summary: t('Metering, invoices, a floor price.', '计量、账单与最低价。'),
    value: { low: 60_000, mode: 150_000, high: 260_000 },
    chance: { low: 0.6, high: 0.9 },
    needs: { product: weeks(4, 3) },
    serves: ['kr-mrr', 'kr-margin'],
    estimatorId: 'ken',
  })
  runway({
    ...{
      asOf: date(0),
      cash: 820_000,
      burn: { low: 195_000, high: 240_000 },
      revenue: { low: 58_000, high: 72_000 },
    },
    ...{ growth: 0.04, countRuns: true, horizonMonths: 18 },
    events: [
      {
        name: t('Bridge from existing investors', '老股东过桥'),
        date: date(75),
        low: 250_000,
        mode: 400_000,
        high: 600_000,
        chance: 0.4,
      },
    ],
    milestones: [
      { name: t('First on-site customer', '首个本地部署客户'), date: date(100) },
      { name: t('Next round closes', '下一轮交割'), date: date(240) },
    ],
  })
  version('calls', 1, 'archived', 310e6)
  version('calls', 2, 'production', 310e6)
}

function used({ task, charge, word: t }: Storyteller): void {
  task({
    id: 'task-1',
    initiativeId: 'studio',
    title: t('First voice at 48 kHz', '首个 48 kHz 音色'),
    assigneeId: 'omar',
    state: 'doing',
    estimateDays: 12,
    actualDays: 21,
    due: -6,
  })
  task({
    id: 'task-2',
    initiativeId: 'distil',
    title: t('Teacher labels for 3,000 hours', '为 3,000 小时音频生成教师标签'),
    assigneeId: 'nina',
    state: 'done',
    estimateDays: 4,
    actualDays: 5,
    done: -9,
  })
  task({
    id: 'task-3',
    initiativeId: 'distil',
    title: t('Student at 100M', '1 亿参数学生模型'),
    assigneeId: 'nina',
    state: 'doing',
    estimateDays: 7,
    dependsOn: ['task-2'],
    due: 7,
  })
  task({
    id: 'task-4',
    initiativeId: 'prices',
    title: t('Meter audio hours', '计量音频小时'),
    assigneeId: 'ken',
    state: 'review',
    estimateDays: 3,
    due: 1,
  })
  for (let day = -34; day < 0; day += 1) charge('studio', 'gpu', 235, day)
  for (let day = -20; day < 0; day += 2) charge('distil', 'gpu', 60, day)
  charge('studio', 'cash', 9000, -21)
}
