/** @file English sentences about cycles, key results, initiatives, the market and lineages. */
export const strategyEn = {
  'cycle.dates': 'The cycle “{name}” ends on {end}, and must end after it begins on {start}.',
  'cycle.long': 'The cycle “{name}” would last {days} days. The longest lasts {most}.',
  'cycle.move': 'The cycle “{name}” is in {from:term} and cannot go to {to:term} from there.',
  'cycle.closed': 'The cycle “{name}” is closed and stays as it was.',
  'cycle.open': 'The cycle “{open}” is still open. Close it by a review before you open another one.',
  'cycle.outside':
    'With these dates, key results would fall due outside the cycle: {titles:list}. Change their dates first.',
  'keyResult.past': '“{title}” is due on {due}, which has passed. Choose a day to come.',
  'keyResult.outside': '“{title}” is due on {due}, outside the cycle “{cycle}” ({start} to {end}).',
  'keyResult.still': 'The target of {name} is its baseline, {baseline}: there is nothing to reach.',
  'keyResult.backwards':
    '{name} goes {direction:term}, but the target {target} lies the other way from the baseline {baseline}.',
  'belief.interval':
    '{name}: an 80 % interval of a chance goes upwards between 0 and 1, not from {low} to {high}.',
  'belief.chance':
    '{name}: a chance lies between 0 and 1 and is worth more than 0 trials; {chance} worth {trials} is no belief.',
  'belief.two': '{name}: give the chance once, as Alpha and Beta or as a belief.',
  'range.falls':
    '{name}: the range of {field:term} must not fall, but goes from {low} over {mode} to {high}.',
  'initiative.window':
    '{name} can start in period {earliest} at the earliest and in {latest} at the latest; that is no window.',
  'initiative.tooLong':
    '{name} takes {duration} periods from period {earliest} on, but only {periods} periods are planned.',
  'initiative.both': '{name} cannot need {other} and exclude it.',
  'initiative.itself': '{name} cannot need or exclude itself.',
  'initiative.clash': '{name} can never be funded: it needs {one} and {other}, which exclude each other.',
  'initiative.waits':
    '{name} waits for others until period {soonest}, but must start in period {latest} at the latest.',
  'initiative.running':
    '{name} is {state:term}; what it needs is changed by a review, or by a new allocation.',
  'objective.used': '“{title}” still has key results: {keyResults:list}. Remove them first.',
  'initiative.used': '{name} cannot be removed: {users:list} rest on it.',
  'criterion.used': '“{name}” still has scores, of {users:list}. Remove them first.',
  'score.twice': '{name} has two scores for “{criterion}”. Give one.',
  'segment.year': 'The sizes reach from {from} to {to}; {year} is too far from them to tell.',
  'lineage.below': '{name} took {flop} FLOP along its lineage; no threshold is reached.',
  'lineage.modifier':
    '{name} took {flop} FLOP along its lineage, and more than a third of the original’s: whoever modified it counts as a provider.',
  'lineage.general':
    '{name} took {flop} FLOP along its lineage: at 1e23 it is presumed a general-purpose model in the European Union.',
  'lineage.systemic':
    '{name} took {flop} FLOP along its lineage: at 1e25 it is presumed a general-purpose model with systemic risk in the European Union.',
  'lineage.circle': 'A version cannot descend from itself: {names}.',
} as const
