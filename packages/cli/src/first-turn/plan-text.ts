/** @file The demonstration plan of the first turn: its texts in both languages. */
import type { Language } from '@capstan/api'
import type { NamedDesign } from '../designs/named.ts'
import type { MemberKey, PoolKey, RiskKey, TaskKey } from './plan.ts'

export interface PlanText {
  cycle: string
  objective: string
  keyResults: { accuracy: string; latency: string }
  measures: { accuracy: string; latency: string; margin: string; burn: string }
  members: Record<MemberKey, string>
  pools: Record<PoolKey, string>
  initiatives: Record<NamedDesign, { name: string; summary: string }>
  risks: Record<RiskKey, { name: string; description: string }>
  tasks: Record<TaskKey, string>
  dataset: string
  run: string
  voteNote: string
}

const en: PlanText = {
  cycle: 'First turn',
  objective: 'Recognise handwritten digits reliably and fast',
  keyResults: {
    accuracy: 'Test accuracy at least 97%',
    latency: 'One prediction within 10 ms (95th percentile)',
  },
  measures: {
    accuracy: 'Test accuracy',
    latency: 'Latency, 95th percentile',
    margin: 'Accuracy over its target',
    burn: 'Compute budget used',
  },
  members: { engineer: 'Lin', reviewer: 'Mei', lead: 'Chen' },
  pools: { compute: 'Compute of this machine', people: 'People', cash: 'Cash' },
  initiatives: {
    linear: { name: 'Linear baseline', summary: 'One linear layer: what any other design must beat.' },
    'simple-cnn': {
      name: 'SimpleCNN',
      summary: 'One convolution of 32 filters, ReLU, max-pool and a linear layer.',
    },
    'wide-cnn': { name: 'Wider CNN', summary: 'The same with 64 filters: more accurate, slower and dearer.' },
  },
  risks: {
    drift: {
      name: 'Accuracy falls below its target in service',
      description: 'Real pictures differ from the training data; answers get worse unnoticed.',
    },
    overrun: {
      name: 'Compute budget is overrun',
      description: 'Failed and repeated runs use more than was planned.',
    },
    labels: { name: 'Labels are wrong', description: 'A batch of mislabelled data enters a training set.' },
    people: {
      name: 'A key person leaves',
      description: 'Knowledge of training and serving leaves with them.',
    },
    outage: { name: 'The endpoint is down', description: 'Customers get no answers for hours.' },
  },
  tasks: {
    data: 'Prepare and profile the data',
    train: 'Train the chosen design',
    evaluate: 'Evaluate on the test pictures',
    release: 'Decide on the release',
    serve: 'Serve it and measure its latency',
  },
  dataset: 'Handwritten digits, 28 x 28 pixels, 70,000 pictures',
  run: 'SimpleCNN on MNIST',
  voteNote: 'Recorded by the demonstration plan.',
}

const zhCN: PlanText = {
  cycle: '第一圈',
  objective: '又准又快地识别手写数字',
  keyResults: { accuracy: '测试准确率不低于 97%', latency: '单次预测不超过 10 毫秒（95 分位）' },
  measures: {
    accuracy: '测试准确率',
    latency: '延迟（95 分位）',
    margin: '准确率高出目标的幅度',
    burn: '算力预算使用率',
  },
  members: { engineer: '小林', reviewer: '小梅', lead: '老陈' },
  pools: { compute: '本机算力', people: '人力', cash: '现金' },
  initiatives: {
    linear: { name: '线性基线', summary: '只有一个线性层：其他设计都必须胜过它。' },
    'simple-cnn': { name: 'SimpleCNN', summary: '一层 32 个卷积核、ReLU、最大池化和一个线性层。' },
    'wide-cnn': { name: '加宽 CNN', summary: '同样结构，64 个卷积核：更准，但更慢、更贵。' },
  },
  risks: {
    drift: { name: '上线后准确率跌破目标', description: '真实图片与训练数据不同，结果变差而无人察觉。' },
    overrun: { name: '算力超出预算', description: '失败和重复的训练运行用量超过计划。' },
    labels: { name: '标注有误', description: '一批错误标注的数据进入训练集。' },
    people: { name: '关键人员离职', description: '训练与上线的知识随之流失。' },
    outage: { name: '在线服务中断', description: '客户数小时得不到结果。' },
  },
  tasks: {
    data: '准备数据并生成画像',
    train: '训练选定的模型设计',
    evaluate: '在测试图片上评估',
    release: '决定是否发布',
    serve: '上线并测量延迟',
  },
  dataset: '手写数字，28 x 28 像素，共 70,000 张图片',
  run: 'SimpleCNN 训练 MNIST',
  voteNote: '由演示计划记录。',
}

export const planText: Record<Language, PlanText> = { en, 'zh-CN': zhCN }
