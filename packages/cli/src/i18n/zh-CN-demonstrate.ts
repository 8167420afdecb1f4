/** @file Chinese texts of `capstan demonstrate`. */
import type { demonstrateEn } from './en-demonstrate.ts'

export const demonstrateZh: Record<keyof typeof demonstrateEn, string> = {
  'help.demonstrate': '把空工作区变成一家虚构的创业公司，并让各项工具作答',
  'help.demonstration': '对话模型（chat）、视觉检测（vision）或语音（speech）公司',
  'help.demonstrateWrite': '不建立工作区，而是把其计划写成可供 capstan import 导入的文档',
  'demo.written': '已写入 {file}。可用 capstan import 导入空工作区。',
  'demo.solving': '正在求解配置方案、模拟风险……',
  'demo.story.chat':
    '墨言有七个人、48 张卡和一笔种子轮融资，想做出用户更愿意用的中文对话模型。应当从零训练 7B，还是站在开源权重之上？未完成备案不能上线，而语料有一半是买来的。',
  'demo.story.vision':
    '锐目视觉检测焊缝，又想卖电路板检测。两款产品等着同样两名标注人员，新相机又让良品被误剔。先做什么？第三名标注人员值不值？',
  'demo.story.speech':
    '回声语音的现金只够几个月，录音棚级语音已经超出估算。该停什么？靠什么支撑其余？最晚何时必须融到钱？',
  'demo.strategy': '战略',
  'demo.resources': '资源',
  'demo.risk': '风险',
  'demo.chance': '目前 {latest}，到期时 {interval}（80%）；达到 {target} 的概率为 {chance}',
  'demo.law': '{runs} 次运行的缩放定律',
  'demo.market': '每年可赢得的市场（80%）',
  'demo.lineage': '谱系',
  'demo.runway': '现金跑道',
  'demo.oneMore': '如果有第三名标注人员？',
  'demo.keep': '如果继续做录音棚级语音？',
  'demo.invented': '公司及其数字均为虚构并已标明；以上每个答案都是刚刚据此计算得出的。',
  'demo.next': '继续浏览：capstan start --workspace {folder}',
}
