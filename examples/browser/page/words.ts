/** @file The page's words in English and Chinese. */
import type { Obstacle } from '@capstan/engine'

export type Language = 'en' | 'zh'

const en = {
  title: 'SimpleCNN in a tab',
  purpose: 'Trains a convolutional network on MNIST here, in this tab. Nothing leaves this machine.',
  provider: 'Runs on',
  pictures: 'Pictures',
  epochs: 'Epochs',
  train: 'Train',
  stop: 'Stop',
  loss: 'Loss',
  accuracy: 'Accuracy on 10,000 test pictures',
  speed: 'Steps a second',
  left: 'Seconds left',
  curve: 'Loss of every step; the line is its running mean.',
  where: 'What runs where',
  draw: 'Draw a digit',
  clear: 'Clear',
  idle: 'Not trained yet.',
  loading: 'Loading MNIST and ONNX Runtime …',
  training: 'Training …',
  done: 'Trained.',
  stopped: 'Stopped.',
  failed: 'It failed: ',
}

export type Word = keyof typeof en

const zh: Record<Word, string> = {
  title: '在标签页里训练 SimpleCNN',
  purpose: '就在这个标签页里用 MNIST 训练一个卷积网络，数据不离开本机。',
  provider: '运行于',
  pictures: '图片数',
  epochs: '轮数',
  train: '开始训练',
  stop: '停止',
  loss: '损失',
  accuracy: '10,000 张测试图片上的准确率',
  speed: '每秒步数',
  left: '剩余秒数',
  curve: '每一步的损失；粗线为滑动平均。',
  where: '各算子在哪里运行',
  draw: '写一个数字',
  clear: '清除',
  idle: '尚未训练。',
  loading: '正在加载 MNIST 与 ONNX Runtime……',
  training: '正在训练……',
  done: '训练完成。',
  stopped: '已停止。',
  failed: '出错：',
}

export const words: Record<Language, Record<Word, string>> = { en, zh }

/** Sentences of the report; the engine's own details are English. */
export const reportWords = {
  en: {
    asked: (asked: string, used: string, threads: number) =>
      `Asked for ${asked}; runs on ${used} with ${threads} thread${threads === 1 ? '' : 's'}.`,
    notIsolated: 'One thread only: the page is not cross-origin isolated.',
    on: (provider: string, runs: number, ops: string) => `On ${provider}: ${runs} kernel runs of ${ops}.`,
    why: (provider: string, _why: Obstacle, detail: string) => `${provider}: ${detail}`,
  },
  zh: {
    asked: (asked: string, used: string, threads: number) =>
      `要求 ${asked}；实际运行于 ${used}，${threads} 个线程。`,
    notIsolated: '只有一个线程：页面没有跨源隔离。',
    on: (provider: string, runs: number, ops: string) => `在 ${provider} 上：${ops}，共运行 ${runs} 次。`,
    why: (provider: string, why: Obstacle) => `未使用 ${provider}：${reasons[why]}。`,
  },
}

const reasons: Record<Obstacle, string> = {
  'not-asked': '没有要求它，或排在它前面的可用',
  'no-platform': '此处不提供',
  'no-library': '缺少它的程序库',
  'no-device': '没有设备或驱动',
  'software-device': '设备由处理器模拟，比 WebAssembly 更慢',
  'cannot-load': '无法加载该计算图',
  'cannot-run': '运行时失败',
}
