/** @file English: sweeps. */
export const sweeps = {
  sweeps: {
    lead: 'Many runs of one command or training, with parameters that a method chooses under a hard budget.',
    none: 'There is no sweep yet. Start one: capstan sweep --file sweep.json -- COMMAND',
    trial: 'Trial',
    trials: 'Trials',
    best: 'Best',
    bestSoFar: 'Best so far',
    parallel: 'Parameters and result',
    parallelNote: 'A line is a trial; the brass one is the best, which stands on top at the right.',
    importance: 'Importance of parameters',
    importanceWaits: 'Known after eight finished trials with different results.',
    why: 'Why it was stopped',
    stop: 'Stop the sweep',
    method: 'Method',
    spent: 'Used',
    budget: 'Budget',
    limitRuns: '{{n}} runs',
    limitHours: '{{n}} h',
  },
  sweepState: {
    running: 'running',
    finished: 'finished',
    stopped: 'stopped',
  },
  trialState: {
    running: 'running',
    finished: 'finished',
    failed: 'failed',
    stopped: 'stopped early',
    cancelled: 'cancelled',
  },
  sweepMethod: {
    grid: 'Grid',
    random: 'Random',
    sobol: 'Sobol',
    tpe: 'Bayesian (TPE)',
  },
  sweepGoal: {
    min: 'Smallest',
    max: 'Greatest',
  },
} as const
