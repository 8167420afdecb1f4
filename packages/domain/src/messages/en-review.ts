/** @file The English sentences of reviews, proposals and changes of the plan. */
export const reviewEn = {
  'review.summary': 'Key results that moved: {changed}. Changes proposed: {proposals}.',
  'review.keyResult.first': '{name}: first measured at {value} (target {target}).',
  'review.keyResult.moved': '{name}: from {before} to {after} (target {target}).',
  'review.keyResult.same': '{name}: {value}, unchanged (target {target}).',
  'review.keyResult.none': '{name}: not measured yet.',
  'review.budget': '{name}: {spent} of {budget} {unit:term} of {pool} used.',
  'review.risk.moved': '{name}: expected yearly loss from {before:money} to {after:money}.',
  'review.risk.same': '{name}: expected yearly loss {after:money}, unchanged.',
  'review.decision.brier': '“{title}” was given {chance:percent}; Brier score {score} (0 is perfect).',
  'review.decision.crps':
    '“{title}” was forecast at {forecast} and came to {value}; CRPS {score} (0 is perfect).',
  'review.belief':
    '{name}: chance of success from {before:percent} to {after:percent} (key results met: {successes}, missed: {failures}).',
  'review.estimator':
    '{name}: actual {subject:term} is {factor} times the estimate (80 % interval {low} to {high}; estimates: {count}).',

  'proposal.raise.title': 'Raise the target of {name} from {from} to {to}',
  'proposal.tighten.title': 'Tighten the target of {name} from {from} to {to}',
  'proposal.raise.reason':
    'It stands at {value}, and its target of {from} is met with a chance of {chance:percent}. The new target keeps half of what was gained.',
  'proposal.raise.effect': 'The chance to meet {name} becomes {chance:percent}.',
  'proposal.move.title': 'Move {amount} {unit:term} of {pool} from {from} to {to}',
  'proposal.move.reason':
    '{from} has reached its key results and used {spent} of {budget} {unit:term}. {to} was the next best portfolio.',
  'proposal.move.effect': '{to} can start with an expected value of {value:money}.',
  'proposal.stop.title': 'Stop {name}',
  'proposal.stop.reason':
    'It has used {burned:percent} of its budget of {pool}, and the chance of its key results is {chance:percent}.',
  'proposal.stop.effect': '{amount} {unit:term} of {pool} become free.',
  'proposal.start.title': 'Start {name}',
  'proposal.start.reason': 'It is the runner-up of the allocation, and what was chosen is done.',
  'proposal.start.effect': 'Adds an expected value of {value:money}.',
  'proposal.estimate.title': 'Re-base the estimate of {pool} for {name} from {from} to {to} {unit:term}',
  'proposal.estimate.reason':
    'It was estimated at {from} {unit:term}; {spent} were used for {done:percent} of the work.',
  'proposal.estimate.effect': 'The next allocation plans with {amount} {unit:term} of {pool} less.',
  'proposal.estimate.over': 'The next allocation plans with {amount} {unit:term} of {pool} more.',
  'proposal.risk.lower': 'Lower the frequency of “{name}” from {from} to {to} a year',
  'proposal.risk.raise': 'Raise the frequency of “{name}” from {from} to {to} a year',
  'proposal.risk.reason': 'Its indicator “{measure}” is measured at {value}: {state:term}.',
  'proposal.risk.effect': 'Its expected yearly loss goes from {before:money} to {after:money}.',
  'proposal.measure.title': 'Measure {name}',
  'proposal.measure.reason': 'It is due on {due}, and has no points: its chance is unknown.',
  'proposal.measure.effect': 'The chance of its objective can be forecast.',

  'review.changed': '{name}: {fact:term} was {before:term} and is now {after:term}.',
  'review.runs': 'Runs that ended: {ended}, finished {finished}, failed {failed}; they cost {cost:money}.',
  'review.runTime':
    'Runs that were estimated: {estimated}. Predicted {predicted} minutes, taken {actual}: {factor} times the estimate.',
  'review.risk.observed':
    '{name}: incidents {events}, expected {expected}; expected yearly loss {after:money}.',

  'proposal.fund.title': 'Fund {name}',
  'proposal.resolved.stop':
    'With what the review learned, the allocation solved anew leaves it out: it chooses {portfolio:list}, worth {gain:money} more.',
  'proposal.resolved.fund':
    'With what the review learned, the allocation solved anew chooses {portfolio:list}, worth {gain:money} more than what is funded.',
  'proposal.resolved.gain':
    'The plan as a whole goes from an expected value of {before:money} to {value:money}.',
  'proposal.hire.title': 'Extend {pool} by {amount} {unit:term} in each period: hire, or hire out work',
  'proposal.extend.title': 'Extend {pool} by {amount} {unit:term} in each period',
  'proposal.extend.reason':
    '{pool} limits the plan: in the relaxed allocation one more {unit:term} is worth {price:money}.',
  'proposal.extend.effect':
    'Solved with it, the allocation is worth {gain:money} more; the extension costs {cost:money}.',
  'proposal.rebase.title': 'Multiply the open estimates of {name} ({subject:term}) by {factor}',
  'proposal.rebase.reason':
    'Finished estimates: {count}. The actuals are {factor} times the estimates (80 % interval {low} to {high}).',
  'proposal.rebase.effect': 'Open estimates: {open}. Together they go from {before} to {after}.',
  'proposal.risk.incidents':
    'Incidents in {days} days: {events}. The estimate expected {expected}; it is updated with them (Gamma-Poisson).',
  'proposal.mitigate.title': 'Adopt “{name}”',
  'proposal.mitigate.reason':
    'It lowers the expected yearly loss of “{risk}” by {saved:money} and costs {cost:money} a year.',
  'proposal.target.title': 'Change the target of {name} from {from} to {to}',
  'proposal.chance.title': 'Set the chance of {name} from {from:percent} to {to:percent}',
  'proposal.shrink.title': 'Shrink {pool} by {amount} {unit:term} in each period',
  'proposal.typed.by': 'Proposed by {name:term}.',
  'proposal.typed.reason': 'Proposed by {name:term}: {note}',
  'proposal.typed.effect':
    'The expected value of the plan goes from {valueBefore:money} to {valueAfter:money}, the expected yearly loss from {lossBefore:money} to {lossAfter:money}.',

  'change.gone': 'There is no {noun:term} {id} in this plan.',
  'change.state': '{name} is {state:term}; this change does not apply to it.',
  'change.share': '{name}: {to} is not a share. A share lies between 0 and 1.',
  'change.positive': '{name}: {to} must be above 0.',
  'change.noAllocation': 'No allocation is approved. Solve and approve one first.',
  'change.itself': '{name} cannot give to itself.',
  'change.notEnough':
    '{amount} {unit:term} of {pool} cannot be moved from {name}: {left} {unit:term} can be moved, and the amount must be above 0.',
  'change.start': '{name}: {start} is not a period. Periods are counted from 0.',
  'change.noCapacity':
    '{name} needs {needed} {unit:term} of {pool}, and {free} are free. Stop or move something first, or extend the pool.',
  'change.amount': '{name}: {amount} is no amount that this can be changed by.',
  'change.factor':
    'Estimates of {name} cannot be multiplied by {factor}; the factor lies between 0.1 and 10.',
  'change.granted': '{pool} cannot shrink so far: {missing} {unit:term} more are granted than would be left.',
  'change.adopted': '“{name}” is adopted already.',
  'change.noNumbers': 'There is no number to change here; “{field}” does not belong to this proposal.',
  'change.otherNumbers': '“{field}” does not belong to this proposal. What can be changed: {known}.',
  'change.tooMany': '{found} changes at once are too many; up to {most} can be made together.',

  'review.decided': '{name:term} has decided this proposal already: {state:term}.',
  'review.stale': 'The plan has changed since the review. {changes} Make a new review.',
  'review.noPlan':
    'There is nothing to review in cycle {number} yet: no allocation of it was approved. Solve and approve one first.',
  'review.nothingDecided':
    'Nothing was decided. Decide a proposal, or open the next cycle with the plan as it is (opens: next).',
  'review.turned': 'Cycle {number} is closed already, and the next one has been opened.',
  'review.typed.old': 'This review is not the newest one any more. Propose to the newest review.',
  'review.due':
    'Cycle {number} came to its end on {end}. Take its review; what you accept opens the next cycle.',
  'review.notOpen': 'A later review has taken the place of this proposal.',
} as const
