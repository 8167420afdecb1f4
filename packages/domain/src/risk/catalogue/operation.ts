/** @file The catalogue: risks of security, people, supply, business and law. */
import type { CatalogueEntry } from './entry.ts'

export const operationRisks: readonly CatalogueEntry[] = [
  {
    ...{
      key: 'prompt-injection',
      group: 'security',
      treatment: 'reduce',
      frequency: [0.3, 3],
      loss: [3, 120],
    },
    ...{ nist: ['MEASURE 2.7', 'MANAGE 2.3'], iso: ['A.6.2.6', 'A.9.2'], eu: ['15', '55'], tc260: ['7'] },
    en: {
      name: 'Instructions smuggled in with the input',
      description:
        'Text that users or documents bring makes the model ignore its rules or use its tools for others.',
      reasons: ['Tools with more rights than the task needs', 'Input and instructions not kept apart'],
    },
    zh: {
      name: '提示词注入',
      description: '用户或文档带入的文字使模型不守规则，或替他人调用工具。',
      reasons: ['工具权限超出任务所需', '输入与指令未隔离'],
    },
  },
  {
    ...{
      key: 'model-theft',
      group: 'security',
      treatment: 'reduce',
      frequency: [0.01, 0.2],
      loss: [30, 1500],
    },
    ...{ nist: ['MEASURE 2.7', 'GOVERN 6.1'], iso: ['A.4.2', 'A.6.2.6'], eu: ['15', '55'] },
    en: {
      name: 'Stolen weights',
      description: 'Model files or enough answers to rebuild the model leave the house.',
      reasons: ['Weights on laptops and open buckets', 'No limit on the rate of queries'],
    },
    zh: {
      name: '模型权重失窃',
      description: '模型文件，或足以复刻模型的大量回答流出。',
      reasons: ['权重存放在笔记本电脑或公开存储中', '未限制查询速率'],
    },
  },
  {
    ...{
      key: 'user-data-leak',
      group: 'security',
      treatment: 'reduce',
      frequency: [0.03, 0.4],
      loss: [20, 900],
    },
    ...{ nist: ['MEASURE 2.10', 'MANAGE 4.3'], iso: ['A.6.2.8', 'A.8.4'], eu: ['15', '73'], cn: ['9', '11'] },
    tc260: ['7'],
    en: {
      name: 'Input of users leaks',
      description: 'Prompts, files or histories of users become readable for others.',
      reasons: ['Logs that hold whole inputs', 'Caches shared between customers'],
    },
    zh: {
      name: '用户输入泄露',
      description: '用户的提示词、文件或历史记录被他人看到。',
      reasons: ['日志保存完整输入', '不同客户共用缓存'],
    },
  },
  {
    ...{
      key: 'adversarial-input',
      group: 'security',
      treatment: 'reduce',
      frequency: [0.1, 1],
      loss: [3, 80],
    },
    ...{ nist: ['MEASURE 2.7', 'MEASURE 2.6'], iso: ['A.6.2.4', 'A.6.2.6'], eu: ['15'] },
    en: {
      name: 'Inputs made to deceive the model',
      description:
        'Small changes that people do not notice make the model decide wrongly, to the gain of others.',
      reasons: ['Robustness never measured', 'Decisions with money at stake and no second check'],
    },
    zh: {
      name: '对抗样本',
      description: '人难以察觉的微小改动使模型判断出错，他人因此得利。',
      reasons: ['从未测量鲁棒性', '涉及资金的决策没有二次核对'],
    },
  },
  {
    ...{ key: 'dependency-compromise', group: 'security', treatment: 'reduce', frequency: [0.05, 0.5] },
    ...{ loss: [5, 200], nist: ['GOVERN 6.1', 'MANAGE 3.1'], iso: ['A.4.4', 'A.10.3'], eu: ['15', '25'] },
    en: {
      name: 'A library or model file with a hidden load',
      description: 'A package or downloaded checkpoint runs code of somebody else on machines of the team.',
      reasons: ['Versions not pinned', 'Formats that execute code when they are read'],
    },
    zh: {
      name: '依赖库或模型文件被植入恶意代码',
      description: '软件包或下载的权重文件在团队机器上执行他人代码。',
      reasons: ['未锁定版本', '使用读取时会执行代码的格式'],
    },
  },
  {
    ...{ key: 'key-person', group: 'people', treatment: 'reduce', frequency: [0.1, 0.6], loss: [30, 200] },
    ...{ nist: ['GOVERN 2.1', 'GOVERN 2.2'], iso: ['A.4.6', 'A.3.2'], eu: ['4'] },
    en: {
      name: 'A key person leaves',
      description: 'The one who knows a model, a pipeline or a customer is gone, and the work stands still.',
      reasons: ['Work that only one has done', 'Knowledge in heads instead of runs and notes'],
    },
    zh: {
      name: '关键人员离开',
      description: '唯一熟悉某个模型、流程或客户的人离开，工作停滞。',
      reasons: ['只有一个人做过的工作', '知识只在脑中，不在记录里'],
    },
  },
  {
    ...{ key: 'automation-trust', group: 'people', treatment: 'reduce', frequency: [0.1, 1], loss: [3, 90] },
    ...{ nist: ['MAP 3.5', 'GOVERN 3.2'], iso: ['A.9.2', 'A.9.3'], eu: ['14', '26'] },
    en: {
      name: 'People wave decisions through',
      description: 'Who should oversee the model follows it without looking, and a plain error gets out.',
      reasons: ['Too many cases for each person', 'No sample of cases whose answer is known'],
    },
    zh: {
      name: '人工监督流于形式',
      description: '本应监督模型的人不看就放行，明显的错误流出。',
      reasons: ['人均待审数量过多', '未混入已知答案的抽查样本'],
    },
  },
  {
    ...{
      key: 'misuse-by-users',
      group: 'people',
      treatment: 'reduce',
      frequency: [0.1, 1.2],
      loss: [3, 120],
    },
    ...{ nist: ['MAP 1.1', 'MANAGE 2.4'], iso: ['A.9.4', 'A.8.2'], eu: ['5', '26'], cn: ['10', '14'] },
    en: {
      name: 'Use for what it was never meant for',
      description:
        'Customers use the model where it was not tested or is not allowed, and harm comes back to the team.',
      reasons: ['Intended use not written down', 'No watch over unusual use'],
    },
    zh: {
      name: '超出预期用途的使用',
      description: '客户把模型用在未经测试或不允许的场合，损害反过来由团队承担。',
      reasons: ['未写明预期用途', '未监测异常使用'],
    },
  },
  {
    ...{
      key: 'compute-shortage',
      group: 'supply',
      treatment: 'transfer',
      frequency: [0.2, 1.5],
      loss: [5, 100],
    },
    ...{ nist: ['GOVERN 6.2', 'MANAGE 2.1'], iso: ['A.4.5', 'A.10.3'] },
    en: {
      name: 'Compute is not to be had',
      description: 'Devices are sold out, rationed, embargoed or far dearer, and training waits.',
      reasons: ['One supplier', 'Commitments shorter than the plan'],
    },
    zh: {
      name: '算力短缺',
      description: '设备售罄、限量、禁运或大幅涨价，训练只能等待。',
      reasons: ['只有一家供应商', '承诺期短于计划期'],
    },
  },
  {
    ...{ key: 'base-model-withdrawn', group: 'supply', treatment: 'transfer', frequency: [0.05, 0.6] },
    ...{ loss: [5, 150], nist: ['MANAGE 3.2', 'GOVERN 6.2'], iso: ['A.10.3', 'A.4.2'], eu: ['25', '53'] },
    tc260: ['6'],
    en: {
      name: 'The base model is withdrawn or changed',
      description: 'A provider ends, relicenses or silently changes the model that products are built on.',
      reasons: ['No second base model tested', 'No evaluation that runs when a provider changes'],
    },
    zh: {
      name: '基础模型被下架或更改',
      description: '供应商停供、更改许可或悄然变更产品所依赖的基础模型。',
      reasons: ['未测试备用基础模型', '供应商变更时未自动评估'],
    },
  },
  {
    ...{ key: 'outage', group: 'supply', treatment: 'transfer', frequency: [0.5, 4], loss: [1, 25] },
    ...{
      nist: ['MANAGE 2.3', 'MEASURE 2.7'],
      iso: ['A.6.2.6', 'A.4.5'],
      eu: ['15'],
      cn: ['13'],
      tc260: ['7'],
    },
    en: {
      name: 'The service is down',
      description: 'Endpoints fail or are too slow to use, and credits are due to customers.',
      reasons: ['One region, one machine', 'No load shed at the limit'],
    },
    zh: {
      name: '服务中断',
      description: '在线服务故障或慢到不可用，须向客户赔付。',
      reasons: ['单一地区或单台机器', '到达上限时未限流'],
    },
  },
  {
    ...{ key: 'price-race', group: 'business', treatment: 'accept', frequency: [0.3, 1.5], loss: [10, 200] },
    ...{ nist: ['MAP 1.4', 'MAP 3.1'], iso: ['A.2.2'] },
    en: {
      name: 'A larger provider gives it away',
      description:
        'What the team sells becomes free or far cheaper elsewhere, and customers ask for the same.',
      reasons: ['No data or workflow of its own', 'Prices bound to those of one provider'],
    },
    zh: {
      name: '大厂免费提供同类能力',
      description: '团队所售能力在别处免费或大幅降价，客户要求同等待遇。',
      reasons: ['没有自有数据或流程', '价格受制于单一供应商'],
    },
  },
  {
    ...{ key: 'cash-gap', group: 'business', treatment: 'reduce', frequency: [0.05, 0.5], loss: [50, 800] },
    ...{ nist: ['MAP 1.3', 'MANAGE 2.1'], iso: ['A.4.2'] },
    en: {
      name: 'Funding comes later than cash runs out',
      description: 'A round or a large payment is late, and work is stopped that was nearly done.',
      reasons: ['One payer for most of the income', 'Milestones later than the runway'],
    },
    zh: {
      name: '资金到账晚于现金耗尽',
      description: '融资或大额回款延迟，接近完成的工作被迫停下。',
      reasons: ['收入主要来自单一付款方', '里程碑晚于现金跑道'],
    },
  },
  {
    ...{
      key: 'classified-high-risk',
      group: 'law',
      treatment: 'reduce',
      frequency: [0.03, 0.4],
      loss: [20, 500],
    },
    ...{ nist: ['GOVERN 1.1', 'MAP 1.1'], iso: ['A.5.2', 'A.2.2'], eu: ['6', '9', '16'] },
    en: {
      name: 'The product turns out to be regulated as high-risk',
      description:
        'A use falls under duties that were not planned: risk management, documents, assessment, delay.',
      reasons: ['Uses not checked against the lists', 'Customers that change the use'],
    },
    zh: {
      name: '产品被认定为高风险系统',
      description: '某项用途落入未曾计划的义务：风险管理、文档、评估，进度随之推迟。',
      reasons: ['未对照清单核查用途', '客户改变了用途'],
    },
  },
  {
    ...{ key: 'filing-missed', group: 'law', treatment: 'avoid', frequency: [0.03, 0.5], loss: [10, 300] },
    ...{
      nist: ['GOVERN 1.1', 'GOVERN 1.6'],
      iso: ['A.8.3', 'A.8.5'],
      eu: ['16', '53'],
      cn: ['17'],
      tc260: ['9'],
    },
    en: {
      name: 'A filing or assessment is missing at launch',
      description:
        'A service goes public without the security assessment or filing that it needs, and is taken down.',
      reasons: ['Launch dates set without the law in the room', 'Test banks smaller than required'],
    },
    zh: {
      name: '上线时缺少备案或评估',
      description: '服务未完成所需的安全评估或备案即对公众开放，被责令下线。',
      reasons: ['定上线日期时法务未参与', '测试题库规模未达要求'],
    },
  },
  {
    ...{
      key: 'incident-not-reported',
      group: 'law',
      treatment: 'avoid',
      frequency: [0.02, 0.3],
      loss: [10, 250],
    },
    ...{ nist: ['MANAGE 4.3', 'GOVERN 4.3'], iso: ['A.8.4', 'A.3.3'], eu: ['73', '20'], cn: ['14', '15'] },
    en: {
      name: 'A serious incident is reported too late',
      description:
        'Deadlines towards authorities or customers pass while the team still looks for the cause.',
      reasons: ['Nobody on duty who decides', 'Complaints that reach no one'],
    },
    zh: {
      name: '重大事件上报不及时',
      description: '团队还在找原因，对监管或客户的时限已过。',
      reasons: ['没有可拍板的值守人员', '投诉无人接收'],
    },
  },
]
