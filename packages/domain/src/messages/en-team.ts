/** @file The English sentences of tasks, comments, approvals, decisions and notices. */
export const teamEn = {
  'task.move': '“{title}” is {from:term} and cannot become {to:term}.',
  'task.noOwner': '“{title}” has no owner. Assign it first.',
  'task.waits': '“{title}” waits for: {others:list}.',
  'task.unknown': 'There is no task {id}.',
  'task.cycle': 'Tasks would wait for each other in a circle: {cycle}. Take one of these dependencies out.',
  'comment.stranger':
    'Nobody here is called {names:list}. Members are: {members:list}. If it is code, put it between backticks.',
} as const
