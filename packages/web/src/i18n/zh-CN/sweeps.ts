/** @file 简体中文：参数搜索。 */
export const sweeps = {
  sweeps: {
    lead: '同一命令或训练的多次运行，由方法在硬性预算内选择参数。',
    none: '还没有参数搜索。开始方式：capstan sweep --file sweep.json -- 命令',
    trial: '试验',
    trials: '试验',
    best: '最佳',
    bestSoFar: '迄今最佳',
    parallel: '参数与结果',
    parallelNote: '每条线是一次试验；黄铜色为最佳，在最右侧位于顶端。',
    importance: '参数重要性',
    importanceWaits: '需要八次结果不同的已完成试验。',
    why: '停止原因',
    stop: '停止参数搜索',
    method: '方法',
    spent: '已用',
    budget: '预算',
    limitRuns: '{{n}} 次运行',
    limitHours: '{{n}} 小时',
  },
  sweepState: {
    running: '进行中',
    finished: '已结束',
    stopped: '已停止',
  },
  trialState: {
    running: '进行中',
    finished: '已完成',
    failed: '失败',
    stopped: '提前停止',
    cancelled: '已取消',
  },
  sweepMethod: {
    grid: '网格',
    random: '随机',
    sobol: 'Sobol 序列',
    tpe: '贝叶斯（TPE）',
  },
  sweepGoal: {
    min: '最小化',
    max: '最大化',
  },
} as const
