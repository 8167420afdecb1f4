/** @file The risks of each demonstration, registered through the API like anybody's; some watch a measure. */
import type { Client, Language } from '@capstan/api'

export type Demonstration = 'chat' | 'vision' | 'speech'
export const demonstrations: readonly Demonstration[] = ['chat', 'vision', 'speech']

interface Invented {
  name: [en: string, zh: string]
  description: [en: string, zh: string]
  /** Events a year. */
  frequency: { alpha: number; beta: number }
  /** 90 % interval, in the workspace's currency. */
  loss: [low: number, high: number]
  ownerId: string
  watches?: { measureId: string; amber: number; red: number }
}

const risks: Record<Demonstration, Invented[]> = {
  chat: [
    {
      name: ['The filing is refused', '备案未通过'],
      description: ['Corpus or answers miss the samples’ limits.', '语料或回答抽检不达标。'],
      ...{ frequency: { alpha: 2, beta: 3 }, loss: [400_000, 3_000_000], ownerId: 'wei' },
      watches: { measureId: 'corpus-pass', amber: 0.96, red: 0.95 },
    },
    {
      name: ['A harmful answer goes public', '有害回答被公开传播'],
      description: ['A screenshot travels faster than a fix.', '截图的传播快于修复。'],
      ...{ frequency: { alpha: 3, beta: 2 }, loss: [80_000, 900_000], ownerId: 'lin' },
      watches: { measureId: 'refusals', amber: 0.96, red: 0.94 },
    },
    {
      name: ['The GPU landlord raises prices', '算力涨价'],
      description: ['The contract ends with the quarter.', '合同季末到期。'],
      ...{ frequency: { alpha: 2, beta: 4 }, loss: [150_000, 700_000], ownerId: 'lin' },
    },
  ],
  vision: [
    {
      name: ['A drifted camera stops a line', '图像漂移导致产线停线'],
      description: ['Good parts are sorted out until somebody notices.', '良品被持续剔除，直到有人发现。'],
      ...{ frequency: { alpha: 4, beta: 2 }, loss: [60_000, 600_000], ownerId: 'qiu' },
      watches: { measureId: 'false-rejects', amber: 0.015, red: 0.03 },
    },
    {
      name: ['A missed defect leaves the plant', '漏检缺陷流出工厂'],
      description: ['A recall of a batch.', '整批召回。'],
      ...{ frequency: { alpha: 1, beta: 3 }, loss: [300_000, 4_000_000], ownerId: 'zhou' },
      watches: { measureId: 'weld-recall', amber: 0.98, red: 0.96 },
    },
    {
      name: ['A labeller leaves', '标注人员离职'],
      description: ['Half of the labelling is one person.', '一人承担一半标注。'],
      ...{ frequency: { alpha: 2, beta: 4 }, loss: [80_000, 350_000], ownerId: 'tang' },
    },
  ],
  speech: [
    {
      name: ['The round closes late', '融资延迟到账'],
      description: ['Three months of burn without cover.', '三个月支出没有着落。'],
      ...{ frequency: { alpha: 3, beta: 4 }, loss: [150_000, 700_000], ownerId: 'ruth' },
    },
    {
      name: ['A call centre leaves over errors', '呼叫中心因错误率流失'],
      description: ['The largest customer is 22 % of revenue.', '最大客户占收入 22%。'],
      ...{ frequency: { alpha: 2, beta: 2 }, loss: [60_000, 300_000], ownerId: 'omar' },
      watches: { measureId: 'error-rate', amber: 0.12, red: 0.14 },
    },
    {
      name: ['Audio of a customer leaks', '客户音频泄露'],
      description: ['Recordings hold names and card numbers.', '录音中含姓名与卡号。'],
      ...{ frequency: { alpha: 1, beta: 8 }, loss: [100_000, 1_500_000], ownerId: 'ken' },
    },
  ],
}

export async function registerRisks(client: Client, of: Demonstration, language: Language): Promise<void> {
  const inWords = ([en, zh]: [string, string]) => (language === 'zh-CN' ? zh : en)
  for (const { name, description, frequency, loss, ownerId, watches } of risks[of]) {
    const risk = await client.risk.create({
      body: {
        ...{ name: inWords(name), description: inWords(description), frequency, ownerId },
        loss: { kind: 'lognormal', low: loss[0], high: loss[1] },
        origin: 'demonstration',
      },
    })
    if (watches) await client.risk.createIndicator({ body: { riskId: risk.id, ...watches } })
  }
}
