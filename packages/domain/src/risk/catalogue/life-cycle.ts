/** @file The catalogue: risks of data, of models and of what models say. */
import type { CatalogueEntry } from './entry.ts'

export const lifeCycleRisks: readonly CatalogueEntry[] = [
  {
    ...{ key: 'data-rights', group: 'data', treatment: 'reduce', frequency: [0.05, 0.6], loss: [10, 400] },
    ...{ nist: ['MAP 4.1', 'GOVERN 6.1'], iso: ['A.7.3', 'A.7.5'], eu: ['10', '53'] },
    ...{ cn: ['7'], tc260: ['5.1', 'A.4'] },
    en: {
      name: 'Training data without the right to use it',
      description:
        'An owner objects to works or records in the training set; data is removed and models retrained.',
      reasons: ['Licences not recorded when data came in', 'Data collected from the web without a check'],
    },
    zh: {
      name: '训练数据缺少使用权',
      description: '权利人对训练集中的作品或记录提出异议，需要删除数据并重新训练模型。',
      reasons: ['数据入库时未记录许可', '从网络采集数据时未作核查'],
    },
  },
  {
    ...{ key: 'personal-data-in-training', group: 'data', treatment: 'reduce', frequency: [0.1, 0.8] },
    ...{ loss: [8, 300], nist: ['MEASURE 2.10', 'MAP 5.1'], iso: ['A.7.2', 'A.7.4'], eu: ['10'] },
    ...{ cn: ['7', '9'], tc260: ['5.2', 'A.4'] },
    en: {
      name: 'Personal data in the training set',
      description:
        'Names, numbers or messages of people are found in training data for which nobody consented.',
      reasons: ['No search for identifiers before training', 'User content reused for training'],
    },
    zh: {
      name: '训练集中含有个人信息',
      description: '在训练数据中发现未经同意的姓名、号码或通信内容。',
      reasons: ['训练前未检索身份标识', '将用户内容再次用于训练'],
    },
  },
  {
    ...{ key: 'label-quality', group: 'data', treatment: 'reduce', frequency: [0.3, 2], loss: [3, 60] },
    ...{ nist: ['MEASURE 2.1', 'MAP 2.3'], iso: ['A.7.4', 'A.7.6'], eu: ['10'], cn: ['8'], tc260: ['5.3'] },
    en: {
      name: 'Labels that are wrong',
      description:
        'Labels prove wrong or uneven after a model was trained on them; labelling and training are repeated.',
      reasons: ['Labelling rules that leave room', 'No second opinion on a sample'],
    },
    zh: {
      name: '标注错误',
      description: '模型训练后才发现标注有误或标准不一，标注与训练都要重做。',
      reasons: ['标注规则留有歧义', '未抽样复核'],
    },
  },
  {
    ...{ key: 'test-leak', group: 'data', treatment: 'avoid', frequency: [0.1, 1], loss: [3, 80] },
    ...{ nist: ['MEASURE 2.1', 'MEASURE 2.13'], iso: ['A.6.2.4', 'A.7.6'], eu: ['10', '15'] },
    en: {
      name: 'Test data that leaked into training',
      description:
        'Scores looked good because the model had seen the test; it disappoints in use and is withdrawn.',
      reasons: ['Duplicates across splits', 'Splits made after preparation instead of before'],
    },
    zh: {
      name: '测试数据混入训练集',
      description: '成绩好看只因模型见过测试题；上线后表现不佳而被撤下。',
      reasons: ['各划分之间存在重复样本', '先处理后划分，而非先划分'],
    },
  },
  {
    ...{ key: 'data-poisoning', group: 'data', treatment: 'reduce', frequency: [0.02, 0.3], loss: [10, 300] },
    ...{ nist: ['MEASURE 2.7', 'MAP 4.2'], iso: ['A.7.3', 'A.7.5'], eu: ['15'], tc260: ['5.1'] },
    en: {
      name: 'Poisoned training data',
      description: 'Somebody plants samples that teach the model a hidden behaviour or spoil it.',
      reasons: ['Open sources without a checksum', 'Feedback of users taken in unseen'],
    },
    zh: {
      name: '训练数据投毒',
      description: '有人植入样本，使模型学到隐藏行为或性能受损。',
      reasons: ['开放来源未做校验', '用户反馈未经审查即入库'],
    },
  },
  {
    ...{ key: 'drift', group: 'model', treatment: 'reduce', frequency: [0.5, 3], loss: [2, 40] },
    ...{ nist: ['MEASURE 2.4', 'MANAGE 4.1'], iso: ['A.6.2.6'], eu: ['15', '72'] },
    en: {
      name: 'The world drifts away from the model',
      description: 'Inputs change and the model gets worse in service before anybody notices.',
      reasons: ['No measure on live inputs', 'Seasons, new products, new users'],
    },
    zh: {
      name: '数据漂移',
      description: '输入发生变化，模型在服务中变差而无人察觉。',
      reasons: ['未对线上输入设度量', '季节、新产品或新用户带来变化'],
    },
  },
  {
    ...{
      key: 'release-regression',
      group: 'model',
      treatment: 'reduce',
      frequency: [0.3, 2.5],
      loss: [2, 50],
    },
    ...{ nist: ['MANAGE 1.1', 'MEASURE 2.5'], iso: ['A.6.2.4', 'A.6.2.5'], eu: ['15', '17'] },
    en: {
      name: 'A release that is worse for some',
      description:
        'A new version is better on average and worse for a group that matters; it is rolled back.',
      reasons: ['Gates on averages alone', 'No slow start with a share of the traffic'],
    },
    zh: {
      name: '新版本对部分用户变差',
      description: '新版本平均更好，却对某个重要群体变差，被迫回滚。',
      reasons: ['门禁只看平均值', '没有按比例逐步放量'],
    },
  },
  {
    ...{
      key: 'unfair-outcomes',
      group: 'model',
      treatment: 'reduce',
      frequency: [0.05, 0.6],
      loss: [10, 400],
    },
    ...{ nist: ['MEASURE 2.11', 'MAP 5.1'], iso: ['A.5.4', 'A.7.4'], eu: ['10', '27'], cn: ['4'] },
    tc260: ['A.2'],
    en: {
      name: 'Decisions that disadvantage a group',
      description: 'Error rates or decisions differ between groups of people without a reason that holds.',
      reasons: ['Groups missing from the data', 'Error rates not measured by group'],
    },
    zh: {
      name: '决策对特定群体不利',
      description: '错误率或决策结果在不同人群之间存在没有正当理由的差异。',
      reasons: ['数据中缺少某些人群', '未按人群测量错误率'],
    },
  },
  {
    ...{
      key: 'unexplained-decision',
      group: 'model',
      treatment: 'reduce',
      frequency: [0.1, 1],
      loss: [3, 80],
    },
    ...{ nist: ['MEASURE 2.9', 'MEASURE 2.8'], iso: ['A.8.2', 'A.6.2.7'], eu: ['13', '86'], cn: ['4'] },
    en: {
      name: 'A decision that nobody can explain',
      description: 'A customer or an authority asks why, and there is no account of it that stands.',
      reasons: ['Inputs and versions not recorded', 'No explanation made for single decisions'],
    },
    zh: {
      name: '无法解释的决策',
      description: '客户或监管部门要求说明理由，却拿不出站得住脚的解释。',
      reasons: ['未记录输入与版本', '未对单次决策生成解释'],
    },
  },
  {
    ...{ key: 'not-repeatable', group: 'model', treatment: 'reduce', frequency: [0.3, 2], loss: [2, 30] },
    ...{ nist: ['MAP 2.3', 'MEASURE 2.13'], iso: ['A.6.2.3', 'A.6.2.7'], eu: ['11', '12'] },
    en: {
      name: 'A model that cannot be made again',
      description:
        'Data, code or settings of the model in service are lost, so it can be neither repaired nor proved.',
      reasons: ['Training outside of recorded runs', 'Data sets overwritten in place'],
    },
    zh: {
      name: '模型无法复现',
      description: '线上模型的数据、代码或设置丢失，既无法修复也无法举证。',
      reasons: ['在有记录的训练运行之外训练', '数据集被就地覆盖'],
    },
  },
  {
    ...{ key: 'training-overrun', group: 'model', treatment: 'reduce', frequency: [0.5, 3], loss: [1, 30] },
    ...{ nist: ['MAP 3.2', 'MANAGE 2.1'], iso: ['A.4.5', 'A.6.1.3'] },
    en: {
      name: 'Training that costs far more than planned',
      description: 'Runs fail, are repeated, or do not converge, and the compute of other work is used up.',
      reasons: ['No small run before the large one', 'No limit on what a run may cost'],
    },
    zh: {
      name: '训练成本远超计划',
      description: '训练失败、重跑或不收敛，占用了其他工作的算力。',
      reasons: ['大规模训练前未做小规模试验', '未限制单次训练的成本'],
    },
  },
  {
    ...{ key: 'made-up-answers', group: 'content', treatment: 'reduce', frequency: [0.5, 4], loss: [2, 60] },
    ...{ nist: ['MEASURE 2.5', 'MAP 2.2'], iso: ['A.6.2.4', 'A.8.2'], eu: ['15', '13'], cn: ['4'] },
    tc260: ['A.5', '7'],
    en: {
      name: 'Answers that are made up',
      description: 'Users act on a fluent answer that is false, and the team is held to it.',
      reasons: ['No check against sources', 'Limits of use not stated'],
    },
    zh: {
      name: '模型编造内容',
      description: '用户依据流畅却错误的回答行事，团队因此被追究。',
      reasons: ['未与来源核对', '未说明使用限制'],
    },
  },
  {
    ...{ key: 'harmful-content', group: 'content', treatment: 'reduce', frequency: [0.2, 2], loss: [5, 200] },
    ...{ nist: ['MEASURE 2.6', 'MANAGE 2.4'], iso: ['A.9.2', 'A.6.2.6'], eu: ['9', '55'] },
    ...{ cn: ['4', '9', '14'], tc260: ['7', '8', 'A.1'] },
    en: {
      name: 'Harmful or forbidden content',
      description:
        'The service produces content that the law or its users do not accept, and has to be stopped.',
      reasons: ['Filters not tested on real attempts', 'No test banks kept up to date'],
    },
    zh: {
      name: '生成有害或违法内容',
      description: '服务生成了法律或用户不能接受的内容，被迫停用。',
      reasons: ['过滤规则未经真实尝试检验', '测试题库未及时更新'],
    },
  },
  {
    ...{
      key: 'unlabelled-synthetic',
      group: 'content',
      treatment: 'avoid',
      frequency: [0.05, 0.6],
      loss: [3, 120],
    },
    ...{ nist: ['MEASURE 2.8', 'GOVERN 1.1'], iso: ['A.8.2', 'A.8.5'], eu: ['50'], cn: ['12'], tc260: ['7'] },
    en: {
      name: 'Generated content that does not say so',
      description: 'Pictures, sound or text reach the public without the mark that they were generated.',
      reasons: ['Marks lost on the way to the user', 'No mark in one of the formats'],
    },
    zh: {
      name: '生成内容未作标识',
      description: '图片、声音或文字未带生成标识即流向公众。',
      reasons: ['标识在传播过程中丢失', '某种格式没有加标识'],
    },
  },
  {
    ...{
      key: 'copied-output',
      group: 'content',
      treatment: 'reduce',
      frequency: [0.05, 0.8],
      loss: [5, 250],
    },
    ...{
      nist: ['MAP 4.1', 'MEASURE 2.10'],
      iso: ['A.7.5', 'A.9.4'],
      eu: ['53'],
      cn: ['4', '7'],
      tc260: ['A.4'],
    },
    en: {
      name: 'Output that copies a protected work',
      description: 'The model gives back training data nearly word for word, and its owner claims damages.',
      reasons: ['Duplicates in training data', 'No comparison of output with sources'],
    },
    zh: {
      name: '输出复制受保护作品',
      description: '模型几乎逐字复现训练数据，权利人主张赔偿。',
      reasons: ['训练数据存在重复', '未将输出与来源比对'],
    },
  },
]
