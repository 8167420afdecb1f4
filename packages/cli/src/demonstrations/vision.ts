/** @file A vision-inspection company with two products that compete for the same labelling people. */
import type { Language } from '@capstan/api'
import { type Storyteller, storyteller, type WorkspaceDocument, weeks } from './builder.ts'

export function visionCompany(language: Language, today: Date): WorkspaceDocument {
  const zh = language === 'zh-CN'
  const s = storyteller(language, today, {
    name: zh ? '锐目视觉（演示）' : 'Keen Eye Inspection (demonstration)',
    ...{ currency: 'CNY', timeZone: 'Asia/Shanghai' },
  })
  team(s)
  strategy(s)
  market(s)
  bets(s)
  used(s)
  return s.document()
}

function team({ member, word: t }: Storyteller): void {
  const skills = { label: t('labelling', '标注'), vision: t('vision', '视觉'), field: t('on site', '现场') }
  member('zhou', t('Zhou Min', '周敏'), ['owner', 'lead'], [skills.vision])
  member('tang', t('Tang Bo', '唐博'), ['lead', 'engineer'], [skills.vision])
  member('luo', t('Luo Qing', '罗晴'), ['engineer'], [skills.label])
  member('fan', t('Fan Li', '范丽'), ['engineer'], [skills.label], [[9, 12]])
  member('qiu', t('Qiu Peng', '邱鹏'), ['engineer', 'reviewer'], [skills.field])
  member('jia', t('Jia Wen', '贾雯'), ['reviewer'], [skills.field])
}

function strategy({ cycle, objective, keyResult, measure, decision, word: t, noise }: Storyteller): void {
  cycle('cycle-1', 1, t('First lines', '首批产线'), [-119, -21], 'closed')
  cycle('cycle-2', 2, t('Two products', '双产品'), [-21, 63], 'running')
  const days = [-60, -53, -46, -39, -32, -25, -18, -11, -4]
  measure(
    {
      id: 'weld-recall',
      name: t('Weld seams: defects found', '焊缝：缺陷检出率'),
      unit: '1',
      direction: 'up',
      scale: 'proportion',
    },
    days.map((at, i) => [at, 0.952 + 0.0035 * i + noise(0.002)]),
    t('Re-inspection of 600 parts (invented).', '复检 600 件（虚构）。'),
  )
  measure(
    {
      id: 'board-recall',
      name: t('Circuit boards: defects found', '电路板：缺陷检出率'),
      unit: '1',
      direction: 'up',
      scale: 'proportion',
    },
    days.map((at, i) => [at, 0.915 + 0.0045 * i + noise(0.003)]),
    t('Re-inspection of 900 boards (invented).', '复检 900 块（虚构）。'),
  )
  measure(
    {
      id: 'false-rejects',
      name: t('Weld seams: good parts rejected', '焊缝：误剔率'),
      unit: '1',
      direction: 'down',
      scale: 'proportion',
    },
    days.map((at, i) => [at, 0.012 + (i > 4 ? 0.006 * (i - 4) : 0) + Math.abs(noise(0.001))]),
    t(
      'From the sorting counters; the camera was changed four weeks ago (invented).',
      '来自分拣计数器；四周前更换过相机（虚构）。',
    ),
  )
  measure(
    {
      id: 'takt',
      name: t('Time for a board, 95th percentile', '单板检测耗时 P95'),
      unit: 'ms',
      direction: 'down',
      scale: 'log',
    },
    days.map((at, i) => [at, 410 * 0.97 ** i + noise(5)]),
  )
  objective(
    'weld',
    'cycle-2',
    t('Weld inspection that a plant trusts without people', '让工厂可以放心无人值守的焊缝检测'),
    'zhou',
  )
  objective(
    'board',
    'cycle-2',
    t('Board inspection ready for its first customer', '电路板检测达到首个客户的要求'),
    'tang',
  )
  keyResult({
    id: 'kr-weld',
    objectiveId: 'weld',
    title: t('Find 99 % of weld defects', '焊缝缺陷检出率达到 99%'),
    measureId: 'weld-recall',
    baseline: 0.952,
    target: 0.99,
    due: 60,
  })
  keyResult({
    id: 'kr-false',
    objectiveId: 'weld',
    title: t('Reject at most 1 % of good parts', '误剔率不超过 1%'),
    measureId: 'false-rejects',
    baseline: 0.03,
    target: 0.01,
    due: 60,
  })
  keyResult({
    id: 'kr-board',
    objectiveId: 'board',
    title: t('Find 97 % of board defects', '电路板缺陷检出率达到 97%'),
    measureId: 'board-recall',
    baseline: 0.915,
    target: 0.97,
    due: 60,
  })
  keyResult({
    id: 'kr-takt',
    objectiveId: 'board',
    title: t('A board within 300 ms', '单板检测 300 ms 以内'),
    measureId: 'takt',
    baseline: 410,
    target: 300,
    due: 60,
  })
  decision({
    ...{ id: 'decision-1', cycleId: 'cycle-1', decidedBy: 'zhou', at: -110, chance: 0.7, met: true },
    title: t('One camera for both products', '两款产品共用一种相机'),
    options: [t('One camera', '同一相机'), t('Two cameras', '各用相机')],
    chosen: t('One camera', '同一相机'),
    reason: t('Half the spare parts.', '备件减半。'),
  })
  decision({
    ...{ id: 'decision-2', cycleId: 'cycle-1', decidedBy: 'tang', at: -95, chance: 0.85, met: false },
    title: t('Label boards with the weld team', '由焊缝组兼做电路板标注'),
    options: [t('Shared labelling', '共用标注'), t('Hire', '招聘')],
    chosen: t('Shared labelling', '共用标注'),
    reason: t('Labelling was thought to take a third of the time.', '当时认为标注只占三分之一时间。'),
  })
}

function market({ segment, criterion, contender, swot, word: t }: Storyteller): void {
  const source = t('Invented for the demonstration', '为演示而虚构')
  segment({
    id: 'autos',
    name: t('Car-body plants', '汽车车身厂'),
    summary: '',
    size: { low: 4e8, mode: 7e8, high: 1.1e9 },
    growth: { low: 0, mode: 0.08, high: 0.2 },
    share: { low: 0.004, mode: 0.012, high: 0.03 },
    year: 2026,
    source,
  })
  segment({
    id: 'boards',
    name: t('Contract makers of boards', '电路板代工厂'),
    summary: '',
    size: { low: 2e8, mode: 5e8, high: 1.2e9 },
    growth: { low: 0.05, mode: 0.2, high: 0.4 },
    share: { low: 0.001, mode: 0.006, high: 0.02 },
    year: 2026,
    source,
  })
  criterion('recall', 'competitor', t('Finds defects', '检出能力'), 5)
  criterion(
    'setup',
    'competitor',
    t('Days to set up a line', '产线部署天数'),
    3,
    t('0: months, 10: a day', '0：数月，10：一天'),
  )
  criterion('price', 'competitor', t('Price', '价格'), 2)
  contender(
    { id: 'us', kind: 'competitor', name: t('Keen Eye', '锐目视觉'), summary: '', ours: true },
    { recall: 7, setup: 8, price: 7 },
  )
  contender(
    { id: 'rules', kind: 'competitor', name: t('Rule-based machines', '规则式检测设备'), summary: '' },
    { recall: 5, setup: 3, price: 6 },
  )
  contender(
    { id: 'giant', kind: 'competitor', name: t('A camera maker', '某相机厂商'), summary: '' },
    { recall: 8, setup: 5, price: 4 },
  )
  swot('strength', t('A line set up in two days', '两天完成产线部署'), 4, { noun: 'competitor', id: 'us' })
  swot('weakness', t('Two people label for everybody', '全公司只有两名标注人员'), 5)
  swot('opportunity', t('Boards grow faster than bodies', '电路板市场增长更快'), 4, {
    noun: 'segment',
    id: 'boards',
  })
  swot('threat', t('A new camera shifts every picture', '更换相机后图像分布漂移'), 5, {
    noun: 'measure',
    id: 'false-rejects',
  })
}

function bets({ pool, initiative, runway, version, word: t, date }: Storyteller): void {
  const twelve = weeks(1, 12)
  pool({
    id: 'labellers',
    name: t('Labelling', '标注'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 900,
    skill: t('labelling', '标注'),
    device: null,
  })
  pool({
    id: 'vision',
    name: t('Vision', '视觉'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 2200,
    skill: t('vision', '视觉'),
    device: null,
  })
  pool({
    id: 'site',
    name: t('On site', '现场'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 1600,
    skill: t('on site', '现场'),
    device: null,
  })
  pool({
    id: 'gpu',
    name: t('GPU server', '算力服务器'),
    kind: 'compute',
    unit: 'h',
    capacity: weeks(4 * 168 * 0.9, 12),
    rate: 6,
    skill: null,
    device: 'L40S',
  })
  const c = { cycleId: 'cycle-2' }
  initiative({
    ...c,
    id: 'relabel',
    latest: 0,
    segmentId: 'autos',
    name: t('Relabel after the camera change', '更换相机后重新标注'),
    summary: t('12,000 seams from the new camera.', '新相机拍摄的 1.2 万条焊缝。'),
    value: { low: 0.9e6, mode: 2e6, high: 3.2e6 },
    chance: { low: 0.65, high: 0.92 },
    needs: { labellers: weeks(6, 4), vision: weeks(2, 4), gpu: weeks(120, 4) },
    serves: ['kr-false', 'kr-weld'],
    estimatorId: 'zhou',
  })
  initiative({
    ...c,
    id: 'segment',
    segmentId: 'autos',
    name: t('Segment cracks, not boxes', '裂纹由框改为分割'),
    summary: t('Masks for 5,000 defects.', '为 5,000 处缺陷绘制掩膜。'),
    value: { low: 0.8e6, mode: 2.4e6, high: 4e6 },
    chance: { low: 0.4, high: 0.75 },
    needs: { labellers: weeks(8, 5), vision: weeks(4, 5), gpu: weeks(300, 4) },
    prerequisites: ['relabel'],
    serves: ['kr-weld'],
    estimatorId: 'zhou',
  })
  initiative({
    ...c,
    id: 'boards',
    latest: 0,
    segmentId: 'boards',
    name: t('Board model for the first customer', '首个客户的电路板模型'),
    summary: t('20,000 pictures, 14 kinds of defect.', '2 万张图、14 类缺陷。'),
    value: { low: 1.5e6, mode: 4.2e6, high: 8e6 },
    chance: { low: 0.4, high: 0.75 },
    needs: { labellers: weeks(7, 7), vision: weeks(4, 7), gpu: weeks(350, 6), site: weeks(2, 7) },
    serves: ['kr-board'],
    estimatorId: 'tang',
  })
  initiative({
    ...c,
    id: 'active',
    latest: 0,
    name: t('Let the model choose what to label', '主动学习选样标注'),
    summary: t('Halves what people label.', '人工标注量减半。'),
    value: { low: 0.4e6, mode: 1.5e6, high: 3e6 },
    chance: { low: 0.4, high: 0.8 },
    needs: { vision: weeks(4, 4), gpu: weeks(150, 4) },
    estimatorId: 'tang',
  })
  initiative({
    ...c,
    id: 'takt',
    segmentId: 'boards',
    name: t('Faster on the line', '产线提速'),
    summary: t('Half precision, two streams.', '半精度与双路并行。'),
    value: { low: 0.3e6, mode: 0.9e6, high: 1.6e6 },
    chance: { low: 0.6, high: 0.9 },
    needs: { vision: weeks(2, 4), site: weeks(3, 4) },
    serves: ['kr-takt'],
    estimatorId: 'tang',
  })
  runway({
    ...{
      asOf: date(0),
      cash: 6.2e6,
      burn: { low: 520_000, high: 640_000 },
      revenue: { low: 240_000, high: 420_000 },
    },
    ...{ growth: 0.03, countRuns: true, horizonMonths: 24, events: [] },
    milestones: [{ name: t('First board customer', '首个电路板客户'), date: date(75) }],
  })
  version('weld', 1, 'archived', 92e6)
  version('weld', 2, 'production', 96e6)
  version('boards', 1, 'candidate', 118e6)
}

function used({ task, charge, word: t }: Storyteller): void {
  task({
    id: 'task-1',
    initiativeId: 'relabel',
    title: t('Collect seams from the new camera', '采集新相机焊缝图像'),
    assigneeId: 'qiu',
    state: 'done',
    estimateDays: 3,
    actualDays: 4,
    done: -14,
  })
  task({
    id: 'task-2',
    initiativeId: 'relabel',
    title: t('Label the first 4,000', '标注首批 4,000 条'),
    assigneeId: 'luo',
    state: 'doing',
    estimateDays: 8,
    dependsOn: ['task-1'],
    due: 4,
  })
  task({
    id: 'task-3',
    initiativeId: 'boards',
    title: t('Agree on 14 kinds of defect', '确定 14 类缺陷'),
    assigneeId: 'jia',
    state: 'done',
    estimateDays: 2,
    actualDays: 5,
    done: -10,
  })
  task({
    id: 'task-4',
    initiativeId: 'boards',
    title: t('Label the pilot set', '标注试点数据'),
    assigneeId: 'fan',
    state: 'blocked',
    estimateDays: 10,
    dependsOn: ['task-3'],
    due: 12,
  })
  task({
    id: 'task-5',
    initiativeId: 'active',
    title: t('Score by disagreement of three models', '以三模型分歧打分'),
    assigneeId: 'tang',
    state: 'doing',
    estimateDays: 6,
    due: 8,
  })
  for (let day = -20; day < 0; day += 2) {
    charge('relabel', 'labellers', 2.2, day)
    charge('boards', 'labellers', 1.4, day)
    charge('boards', 'gpu', 38, day)
    charge('active', 'vision', 1.1, day)
  }
}
