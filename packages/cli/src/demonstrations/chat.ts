/** @file A Chinese-language chat-model company at seed stage: train its own base model, or stand on an open one? */
import type { Language } from '@capstan/api'
import { epoch2024, scalingLoss } from '@capstan/domain'
import { type Storyteller, storyteller, type WorkspaceDocument, weeks } from './builder.ts'

export function chatCompany(language: Language, today: Date): WorkspaceDocument {
  const zh = language === 'zh-CN'
  const s = storyteller(language, today, {
    name: zh ? '墨言（演示）' : 'Moyan (demonstration)',
    ...{ currency: 'CNY', timeZone: 'Asia/Shanghai' },
  })
  team(s)
  strategy(s)
  market(s)
  bets(s)
  used(s)
  scaling(s)
  return s.document()
}

function team({ member, word: t }: Storyteller): void {
  const skills = { train: t('training', '训练'), data: t('data', '数据'), product: t('product', '产品') }
  member('lin', t('Lin Hao', '林浩'), ['owner', 'lead'], [skills.train])
  member('su', t('Su Yan', '苏妍'), ['lead'], [skills.data])
  member('chen', t('Chen Kai', '陈凯'), ['engineer'], [skills.train], [[17, 26]])
  member('gao', t('Gao Rui', '高睿'), ['engineer'], [skills.train, skills.data])
  member('he', t('He Jing', '何静'), ['engineer'], [skills.data])
  member('wei', t('Wei Na', '魏娜'), ['engineer', 'reviewer'], [skills.product])
  member('xu', t('Xu Lei', '许磊'), ['engineer'], [skills.product])
}

function strategy({ cycle, objective, keyResult, measure, decision, word: t, noise }: Storyteller): void {
  cycle('cycle-1', 1, t('Prove that we can', '证明可行'), [-126, -28], 'closed')
  cycle('cycle-2', 2, t('Launch', '上线'), [-28, 56], 'running')
  measure(
    {
      ...{ id: 'win-rate', name: t('Win rate against the best open model', '对最佳开源模型的胜率') },
      ...{ unit: '1', direction: 'up', scale: 'proportion' },
    },
    [-27, -24, -20, -17, -13, -10, -6, -3].map((at, i) => [at, 0.38 + 0.012 * i + noise(0.008)]),
    t('Blind test of 400 pairs (invented).', '400 组盲测（虚构）。'),
  )
  measure(
    {
      ...{ id: 'corpus-pass', name: t('Corpus samples found acceptable', '语料抽检合格率') },
      ...{ unit: '1', direction: 'up', scale: 'proportion' },
    },
    [-26, -19, -12, -5].map((at, i) => [at, 0.921 + 0.009 * i + noise(0.002)]),
    t('4,000 samples by hand (invented).', '人工抽检 4,000 条（虚构）。'),
  )
  measure(
    {
      ...{ id: 'first-token', name: t('Time to the first word, 95th percentile', '首字延迟 P95') },
      ...{ unit: 'ms', direction: 'down', scale: 'log' },
    },
    [-25, -18, -11, -4].map((at, i) => [at, 940 * 0.93 ** i + noise(12)]),
  )
  measure(
    {
      ...{ id: 'refusals', name: t('Harmful questions refused', '有害问题拒答率') },
      ...{ unit: '1', direction: 'up', scale: 'proportion' },
    },
    [-23, -16, -9, -2].map((at, i) => [at, 0.93 + 0.008 * i + noise(0.003)]),
    t('Bank of 500 refusal questions (invented).', '拒答题库 500 题（虚构）。'),
  )
  objective(
    'launch',
    'cycle-2',
    t('A chat model that people prefer, allowed to go public', '做出用户更愿意用、且能合规上线的对话模型'),
    'lin',
  )
  const bound = { objectiveId: 'launch', due: 54 }
  keyResult({
    ...bound,
    id: 'kr-win',
    title: t('Win 55 % of blind comparisons', '盲测胜率达到 55%'),
    measureId: 'win-rate',
    baseline: 0.38,
    target: 0.55,
  })
  keyResult({
    ...bound,
    id: 'kr-corpus',
    title: t('96 % of sampled corpus acceptable', '语料抽检合格率达到 96%'),
    measureId: 'corpus-pass',
    baseline: 0.92,
    target: 0.96,
  })
  keyResult({
    ...bound,
    id: 'kr-latency',
    title: t('First word within 700 ms', '首字延迟低于 700 ms'),
    measureId: 'first-token',
    baseline: 940,
    target: 700,
  })
  decision({
    ...{ id: 'decision-1', cycleId: 'cycle-1', decidedBy: 'lin', at: -110, chance: 0.8, met: true },
    title: t('Start from an open tokenizer', '沿用开源分词器'),
    options: [t('Open tokenizer', '开源分词器'), t('Our own', '自研分词器')],
    chosen: t('Open tokenizer', '开源分词器'),
    reason: t('Saves a month and keeps checkpoints compatible.', '节省一个月，且权重可以复用。'),
  })
  decision({
    ...{ id: 'decision-2', cycleId: 'cycle-1', decidedBy: 'su', at: -100, chance: 0.9, met: false },
    title: t('Buy a corpus instead of crawling', '购买语料而不是自行采集'),
    options: [t('Buy', '购买'), t('Crawl', '自行采集')],
    chosen: t('Buy', '购买'),
    reason: t('The seller promises 98 % acceptable.', '卖方承诺合格率 98%。'),
  })
}

function market({ segment, criterion, contender, swot, word: t }: Storyteller): void {
  const source = t('Invented for the demonstration', '为演示而虚构')
  segment({
    id: 'office',
    name: t('Writing in offices', '办公写作'),
    summary: '',
    size: { low: 6e8, mode: 1.1e9, high: 2e9 },
    growth: { low: 0.1, mode: 0.3, high: 0.6 },
    share: { low: 0.001, mode: 0.006, high: 0.02 },
    year: 2026,
    source,
  })
  segment({
    id: 'education',
    name: t('Tutoring', '教育辅导'),
    summary: '',
    size: { low: 3e8, mode: 5e8, high: 9e8 },
    growth: { low: 0, mode: 0.15, high: 0.4 },
    share: { low: 0.001, mode: 0.004, high: 0.015 },
    year: 2026,
    source,
  })
  criterion(
    'quality',
    'competitor',
    t('Chinese answers', '中文回答质量'),
    4,
    t('0: unusable, 10: as an editor', '0：不可用，10：如同编辑'),
  )
  criterion('price', 'competitor', t('Price', '价格'), 3)
  criterion('trust', 'competitor', t('Filed and trusted', '备案与信任'), 2)
  contender(
    { id: 'us', kind: 'competitor', name: t('Moyan', '墨言'), summary: '', ours: true },
    { quality: 6, price: 8, trust: 3 },
  )
  contender(
    { id: 'big', kind: 'competitor', name: t('A large platform', '某大型平台'), summary: '' },
    { quality: 8, price: 5, trust: 9 },
  )
  contender(
    {
      id: 'open',
      kind: 'competitor',
      name: t('Open weights, self-hosted', '自行部署的开源模型'),
      summary: '',
    },
    { quality: 6, price: 9 },
  )
  criterion('gain', 'trend', t('What it may bring us', '可能带来的收益'), 2)
  criterion('ready', 'trend', t('Ready to use', '成熟度'), 1)
  contender(
    { id: 'moe', kind: 'trend', name: t('Mixture of experts', '混合专家'), summary: '', stance: 'watch' },
    { gain: 7, ready: 6 },
  )
  contender(
    {
      id: 'distil',
      kind: 'trend',
      name: t('Distillation from large teachers', '大模型蒸馏'),
      summary: '',
      stance: 'adopt',
    },
    { gain: 8, ready: 9 },
  )
  swot('strength', t('Editors in the team', '团队中有专业编辑'), 4)
  swot('weakness', t('48 GPUs, no more', '只有 48 张卡'), 5)
  swot('opportunity', t('Offices that may not use foreign services', '不能使用境外服务的办公场景'), 4, {
    noun: 'segment',
    id: 'office',
  })
  swot('threat', t('Open weights get better every month', '开源模型逐月变强'), 5, {
    noun: 'competitor',
    id: 'open',
  })
}

function bets({ pool, initiative, runway, version, lineage, word: t, date }: Storyteller): void {
  const twelve = weeks(1, 12)
  pool({
    id: 'trainers',
    name: t('Training', '训练'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 2400,
    skill: t('training', '训练'),
    device: null,
  })
  pool({
    id: 'curators',
    name: t('Data', '数据'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 1500,
    skill: t('data', '数据'),
    device: null,
  })
  pool({
    id: 'product',
    name: t('Product', '产品'),
    kind: 'people',
    unit: 'day',
    capacity: twelve,
    rate: 1800,
    skill: t('product', '产品'),
    device: null,
  })
  pool({
    id: 'gpu',
    name: t('GPUs', '算力'),
    kind: 'compute',
    unit: 'h',
    capacity: weeks(48 * 168 * 0.85, 12),
    rate: 11,
    skill: null,
    device: 'A100 80GB',
  })
  pool({
    id: 'cash',
    name: t('Cash for purchases', '采购资金'),
    kind: 'cash',
    unit: 'CNY',
    capacity: weeks(80_000, 12),
    rate: 1,
    skill: null,
    device: null,
  })
  const own = { cycleId: 'cycle-2', segmentId: 'office' }
  initiative({
    ...own,
    id: 'scratch',
    name: t('Our own 7B from scratch', '从零训练 7B'),
    summary: t('1T tokens on 48 GPUs.', '48 张卡训练 1T 词元。'),
    value: { low: 4e6, mode: 16e6, high: 40e6 },
    chance: { chance: 0.15, trials: 8 },
    needs: { gpu: weeks(6500, 12), trainers: weeks(9, 12), curators: weeks(4, 12) },
    exclusions: ['continue'],
    serves: ['kr-win'],
    estimatorId: 'lin',
    rice: { reach: 40_000, impact: 3, confidence: 0.3 },
  })
  initiative({
    ...own,
    id: 'continue',
    latest: 0,
    name: t('Continue an open 7B in Chinese', '在开源 7B 上继续预训练'),
    summary: t('60B tokens of our own corpus.', '用自有语料训练 60B 词元。'),
    value: { low: 4e6, mode: 10e6, high: 18e6 },
    chance: { low: 0.45, high: 0.8 },
    needs: { gpu: weeks(5500, 5), trainers: weeks(6, 5), curators: weeks(2, 3) },
    exclusions: ['scratch'],
    serves: ['kr-win'],
    estimatorId: 'lin',
    rice: { reach: 40_000, impact: 2, confidence: 0.7 },
  })
  initiative({
    ...own,
    id: 'clean',
    latest: 0,
    name: t('Clean the corpus', '语料清洗'),
    summary: t('Deduplicate, filter, sample by hand.', '去重、过滤、人工抽检。'),
    value: { low: 0.8e6, mode: 2e6, high: 4e6 },
    chance: { low: 0.6, high: 0.9 },
    needs: { curators: weeks(6, 4), cash: weeks(20_000, 4) },
    serves: ['kr-corpus'],
    estimatorId: 'su',
    rice: { reach: 40_000, impact: 1, confidence: 0.8 },
  })
  initiative({
    ...own,
    id: 'prefer',
    name: t('Preference tuning', '偏好对齐'),
    summary: t('Editors compare 20,000 pairs.', '编辑比较 2 万组回答。'),
    value: { low: 2e6, mode: 7e6, high: 14e6 },
    chance: { low: 0.4, high: 0.75 },
    needs: { gpu: weeks(3000, 3), trainers: weeks(5, 4), curators: weeks(3, 4), cash: weeks(40_000, 3) },
    prerequisites: ['clean'],
    serves: ['kr-win'],
    estimatorId: 'su',
    rice: { reach: 40_000, impact: 2, confidence: 0.6 },
  })
  initiative({
    ...own,
    id: 'filing',
    latest: 0,
    name: t('Content safety and the filing', '内容安全与备案'),
    summary: t('Keyword bank, test banks, safety assessment.', '关键词库、测试题库与安全评估。'),
    value: { low: 3e6, mode: 9e6, high: 16e6 },
    chance: { low: 0.55, high: 0.9 },
    needs: { product: weeks(5, 6), curators: weeks(3, 6), cash: weeks(50_000, 4) },
    serves: ['kr-corpus'],
    estimatorId: 'wei',
    rice: { reach: 40_000, impact: 3, confidence: 0.8 },
  })
  initiative({
    ...own,
    id: 'serve',
    name: t('Serving at half the cost', '推理成本减半'),
    summary: t('Quantised weights, paged attention.', '量化权重与分页注意力。'),
    value: { low: 1e6, mode: 3e6, high: 6e6 },
    chance: { low: 0.5, high: 0.85 },
    needs: { product: weeks(5, 5), trainers: weeks(3, 3), gpu: weeks(1500, 3) },
    serves: ['kr-latency'],
    estimatorId: 'xu',
    rice: { reach: 40_000, impact: 1, confidence: 0.7 },
  })
  initiative({
    ...own,
    id: 'pictures',
    name: t('Understand pictures', '图文理解'),
    summary: t('Adapter and 40M pairs of pictures and words.', '适配器与 4,000 万图文对。'),
    value: { low: 1e6, mode: 6e6, high: 15e6 },
    chance: { chance: 0.3, trials: 6 },
    needs: { gpu: weeks(4500, 9), trainers: weeks(5, 9) },
    estimatorId: 'lin',
    rice: { reach: 15_000, impact: 2, confidence: 0.3 },
  })
  runway({
    ...{
      asOf: date(0),
      cash: 9.5e6,
      burn: { low: 780_000, high: 960_000 },
      revenue: { low: 10_000, high: 60_000 },
    },
    ...{ growth: 0.1, countRuns: true, horizonMonths: 18 },
    events: [
      {
        name: t('Next round', '下一轮融资'),
        date: date(210),
        low: 15e6,
        mode: 25e6,
        high: 40e6,
        chance: 0.45,
      },
    ],
    milestones: [
      { name: t('Public launch', '公开上线'), date: date(60) },
      { name: t('Next round closes', '下一轮交割'), date: date(210) },
    ],
  })
  version('moyan-chat', 1, 'production', 14.2e9)
  lineage({
    id: 'moyan-chat-1',
    parents: [],
    foreign: [
      {
        name: t('An open 7B model', '某开源 7B 模型'),
        flop: 8.4e22,
        source: t('6 x 7e9 x 2e12 by its model card (invented)', '按模型卡 6 x 7e9 x 2e12（虚构）'),
      },
    ],
    flop: 1.2e21,
    note: '',
  })
}

function used({ task, charge, word: t }: Storyteller): void {
  task({
    id: 'task-1',
    initiativeId: 'clean',
    title: t('Deduplicate by MinHash', '用 MinHash 去重'),
    assigneeId: 'he',
    state: 'done',
    estimateDays: 6,
    actualDays: 9,
    done: -12,
  })
  task({
    id: 'task-2',
    initiativeId: 'clean',
    title: t('Sample 4,000 by hand', '人工抽检 4,000 条'),
    assigneeId: 'su',
    state: 'doing',
    estimateDays: 8,
    dependsOn: ['task-1'],
    due: 9,
  })
  task({
    id: 'task-3',
    initiativeId: 'filing',
    title: t('Keyword bank of 10,000', '一万条关键词库'),
    assigneeId: 'wei',
    state: 'doing',
    estimateDays: 10,
    due: 6,
  })
  task({
    id: 'task-4',
    initiativeId: 'filing',
    title: t('Bank of 2,000 content questions', '2,000 题内容测试题库'),
    assigneeId: 'gao',
    state: 'todo',
    estimateDays: 7,
    due: 20,
  })
  task({
    id: 'task-5',
    initiativeId: 'continue',
    title: t('Tokens of the first 10B', '准备首批 10B 词元'),
    assigneeId: 'gao',
    state: 'done',
    estimateDays: 4,
    actualDays: 6,
    done: -8,
  })
  task({
    id: 'task-6',
    initiativeId: 'continue',
    title: t('Learning-rate test at 300M', '300M 规模的学习率试验'),
    assigneeId: 'chen',
    state: 'review',
    estimateDays: 5,
    due: 3,
  })
  for (let day = -27; day < 0; day += 2) {
    charge('continue', 'gpu', 900, day)
    charge('clean', 'curators', 1.5, day)
    charge('filing', 'product', 1.2, day)
  }
  charge('filing', 'cash', 38_000, -15)
}

/** Sixteen small trainings on a law that is known, with a little noise: what the planner fits and reads from. */
function scaling({ run, noise, word: t }: Storyteller): void {
  const sizes = [2e7, 8e7, 3e8, 1e9]
  let offset = -120
  for (const parameters of sizes)
    for (const perParameter of [8, 20, 50, 120]) {
      const tokens = parameters * perParameter
      const loss = scalingLoss(epoch2024, parameters, tokens) * (1 + noise(0.002))
      const name = `${t('invented', '虚构')} ${parameters / 1e6}M x ${(tokens / 1e9).toFixed(1)}B`
      run(
        name,
        { parameters: String(parameters), tokens: String(tokens) },
        { key: 'loss', value: loss },
        offset,
      )
      offset += 5
    }
}
