/** @file English sentences about measures. */
export const measuresEn = {
  'measure.field': '“{field}” is no field of {source:term}. Its fields: {allowed:list}.',
  'measure.isWord': '“{field}” is a word: ask whether it is, or is not, one of several.',
  'measure.isNumber': '“{field}” is a number: give the least and the most that it may be.',
  'measure.noBounds': 'The filter on “{field}” needs a least or a most.',
  'measure.bounds': 'The filter on “{field}” goes from {low} to {high}; nothing lies in between.',
  'measure.needsValue': 'The statistic “{statistic:term}” folds a number. Choose one of: {allowed:list}.',
  'measure.noValue':
    'The statistic “{statistic:term}” counts facts and folds no number; leave “{value}” out.',
  'measure.notNumber': '“{field}” is no number of {source:term}. Its numbers: {allowed:list}.',
  'measure.quantile': 'A quantile needs the share below it, from 0 to 1; no other statistic has one.',
  'measure.part': 'A share needs the filter that says what counts; no other statistic has one.',
  'measure.ageWindow': 'The age of the newest fact has no window.',
  'measure.unit':
    'What is measured comes in {expected}, and the measure says {unit}. Give it the unit {expected}.',
  'measure.proportionUnit': 'A proportion has the unit 1, not {unit}.',
  'measure.notShare': 'A share lies between 0 and 1; {value} does not.',
  'measure.notPositive': 'A measure on a logarithmic scale is above 0; {value} is not.',
  'measure.bound': '{name} is measured in {unit}; {given} cannot be held against it.',
  'measure.operands':
    'The operation “{operation:term}” takes {least} to {most} measures; {found} were given.',
  'measure.mixed': 'The operation “{operation:term}” needs one unit; {one} and {other} are two.',
  'measure.circle': '{name} would be made of itself.',
  'measure.hangs':
    '{name} cannot be archived, deleted or given another unit: {others:list} still stand on it. Change those first.',
  'measure.archived': '{name} is archived. Restore it first.',
  'measure.computed': '{name} is computed from other measures; no point can be typed into it.',
  'measure.future': 'A point cannot be typed for {at}: that is still to come.',
  'measure.overrideUntil': 'The override would have ended already on {until}.',
  'measure.withdrawn': 'The override was withdrawn on {at} already.',
  'measure.gone': 'It measures something that was deleted: {things:list}.',
  'measure.empty': 'Nothing like it has happened yet.',
  'measure.windowEmpty': 'Nothing like it has happened in its window; the last time was on {at}.',
  'measure.noOperands': 'It waits for {names:list}, which have no value.',
  'measure.stale': 'Nothing new for {days} days; a value counts as live for {limit}.',
} as const
