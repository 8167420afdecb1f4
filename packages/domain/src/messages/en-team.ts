/** @file The English sentences of tasks, comments, approvals, decisions and notices. */
export const teamEn = {
  'task.move': '“{title}” is {from:term} and cannot become {to:term}.',
  'task.noOwner': '“{title}” has no owner. Assign it first.',
  'task.waits': '“{title}” waits for: {others:list}.',
  'task.unknown': 'There is no task {id}.',
  'task.cycle': 'Tasks would wait for each other in a circle: {cycle}. Take one of these dependencies out.',
  'comment.stranger':
    'Nobody here is called {names:list}. Members are: {members:list}. If it is code, put it between backticks.',

  'approval.closed': 'This approval is already decided.',
  'approval.expired': 'It is too late to vote: this approval was open until {at}. Ask for it again.',
  'approval.role': 'The role {role:term} does not count here. Needed: {roles:terms}.',
  'approval.named': 'Only the members named in its policy vote here.',
  'approval.own': 'Nobody approves their own work. Ask someone else.',
  'approval.twice': 'You have already voted.',
  'approval.rejected': 'Rejected.',
  'approval.approved': 'Approved by everybody who is needed.',
  'approval.missing': 'Still needed: {roles:terms}.',
  'approval.missingMembers': 'Still needed: {members:list}.',
  'approval.missingBoth': 'Still needed: {roles:terms}; by name: {members:list}.',
  'approval.missingCount': 'Votes still needed: {count}.',
  'approval.policy.nobody': 'A policy needs at least one role or one member who must approve.',
  'approval.policy.twice': 'A member stands in this policy twice.',
  'approval.policy.count':
    'Only the members named may vote (members: {members}), so {count} votes can never be reached. Name a role, or ask for fewer.',

  'decision.options': 'The options must differ from each other.',
  'decision.chosen': '“{chosen}” is none of the options: {options:list}.',
  'decision.expectation': 'Say what is expected either as a chance or as an interval.',
  'decision.interval': 'An interval needs a low and a high value, in this order.',
  'decision.noForecast':
    'The forecast of “{title}” has no chance yet, because it lacks measured points. State the chance yourself, or measure first.',
  'decision.reason': 'Reason: {text}',
  'decision.proposed': '“{title}” is not approved yet; its outcome is recorded once it is.',
  'decision.known': 'The outcome of “{title}” is recorded already.',
  'decision.outcome.one': 'Say either whether it was met, or the value that came.',
  'decision.outcome.met': 'A chance was stated: say whether it was met.',
  'decision.outcome.value': 'An interval was stated: say the value that came.',

  'notice.mention': '{author} mentioned {members:list} in a comment on “{subject}”.',
  'notice.assignment': '“{title}” is assigned to {member}.',
  'notice.approvalWanted': '{requester} asks for approval: {title}.',
  'notice.approvalDecided': 'The approval of “{title}” is {state:term}.',
  'notice.overdueTask': '“{title}” was due on {due}.',
  'notice.overdueApproval': 'The approval of “{title}” has waited for {days} days.',
  'notice.endingApproval': 'The approval of “{title}” can be voted on until {at}.',
  'notice.budget': '{name}: {used} of {amount} {unit:term} of {pool} are used.',
  'notice.riskRed': 'The risk “{risk}” turned red: {measure} crossed its limit.',
  'notice.runFailed': 'Run {number}, {name}, is {state:term}.',
  'notice.reviewDue': '{name} has ended: take its review.',
  'notice.trial': 'This is a trial of the webhook “{name}”.',

  'webhook.address':
    '{host} leads to {address}, an address inside a network ({range}). Webhooks go to public addresses, unless the server is started with CAPSTAN_WEBHOOK_ALLOW naming that network.',
  'webhook.protocol': 'A webhook is an http or https address without a user name or a password.',
  'webhook.secret': 'The secret of a generic webhook is made here, or is at least 16 characters long.',
  'webhook.slackSecret': 'Slack signs nothing: its address is the secret.',
} as const
