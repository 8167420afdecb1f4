/** @file English sentences about risks, their causes, indicators, incidents, mitigations and the appetite. */
export const riskEn = {
  'risk.frequency':
    'The frequency of “{name}” must be a rate of 0 or more a year, a range above 0, or a belief with alpha and beta above 0.',
  'risk.frequencyOrder':
    'The frequency of “{name}” goes from {low} to {high} a year; it must not go downwards.',
  'risk.frequencyRange':
    'The frequency of “{name}” begins at {low} a year; a range must begin above 0. For a risk that may never strike give a very small number.',
  'risk.frequencyWide':
    'The frequency of “{name}” goes from {low} to {high} a year, wider than a factor of a million. Narrow it, or split the risk in two.',
  'risk.frequencyHigh':
    '“{name}” strikes {rate} times a year. More than {most} is a running cost: budget it, or make one event stand for many.',
  'risk.loss':
    'The loss of “{name}” must be a range in order: low above 0 and at most high, or min ≤ mode ≤ max.',
  'risk.lossNegative': 'The loss of “{name}” is {amount}; a loss is an amount of 0 or more.',
  'risk.lossWide':
    'The loss of “{name}” goes from {low:money} to {high:money}, wider than a factor of a million. Narrow it, or split the risk in two.',
  'risk.lossHigh': 'The loss of “{name}” reaches {amount:money}; at most {most:money} can be simulated.',
  'risk.commonCause': 'The common cause of “{name}” must lie between 0 and 1.',
  'risk.weights':
    'The weights of the causes of “{name}” add up to {weights}; each is 0 or more, and together at most 1.',
  'risk.causeTwice': '“{name}” names the cause {cause} twice. Give it one weight.',
  'risk.triggersItself': '“{name}” cannot set itself off.',
  'risk.triggerChance':
    'The chance that another risk sets “{name}” off is {chance}; it must lie above 0 and at most at 1.',
  'risk.triggerTwice': '“{name}” names the same risk twice as what sets it off. Give it one chance.',
  'risk.circle': 'Risks would set each other off in a circle: {names}. Take one link out.',
  'risk.archived': '“{name}” is archived. Restore it first.',
  'risk.sets': '“{name}” sets off {others:list}. Take it out there before you archive it.',
  'risk.future': '“{name}” is estimated as of {at}, which lies in the future.',
  'risk.events':
    'These risks make {events} events in {years} years; at most {most} can be simulated. Ask for {fewer} years.',
  'risk.none': 'There is no risk to simulate. Add one, or take one from the catalogue.',
  'risk.catalogue': 'There is no {key} in the catalogue of risks.',
  'risk.present': '“{name}” was taken from the catalogue already.',

  'cause.volatility':
    'The volatility of “{name}” must lie between 0 and 10: the standard deviation of its yearly factor, whose mean is 1.',
  'cause.correlation':
    'The correlation of “{name}” and “{other}” is {correlation}; it must lie between -1 and 1, and be with another cause.',
  'cause.conflict':
    'The correlation of “{name}” and “{other}” is stated twice, as {correlation} and as {back}. State it once.',
  'cause.matrix':
    'These causes cannot all be correlated as stated: {names:list}. Their matrix is not positive; move the correlations closer to 0.',
  'cause.used': 'The cause “{name}” cannot be removed: {others:list} rest on it.',

  'risk.appetite':
    'The chance to lose more than {loss:money} in a year is {chance:percent}; at most {accepted:percent} is accepted.',
  'appetite.empty': 'An appetite needs at least one loss with the chance that is tolerated for it.',
  'appetite.loss': 'A loss of the appetite is {loss}; it must be an amount of 0 or more.',
  'appetite.chance':
    'The chance tolerated for a loss of {loss:money} is {chance}; it must lie between 0 and 1.',
  'appetite.order': 'The losses of the appetite must go up: {loss:money} does not come after {before:money}.',
  'appetite.rises':
    'A greater loss cannot be tolerated with a greater chance: {lossBefore:money} with {chanceBefore:percent}, but {loss:money} with {chance:percent}.',
  'appetite.never':
    'A risk appetite is set, but the risks have never been simulated. Simulate them before the release.',
  'appetite.stale':
    'The risks have changed since they were simulated. Simulate them again before the release.',
  'appetite.exceeded':
    'The risk is beyond the appetite: the chance to lose more than {loss:money} in a year is {chance:percent}, and at most {accepted:percent} is accepted. Adopt a mitigation, or change the appetite.',

  'mitigation.frequency':
    'The frequency under “{name}” is multiplied by {factor}; a mitigation only lowers, so give a factor between 0 and 1.',
  'mitigation.loss':
    'The loss under “{name}” is multiplied by {factor}; a mitigation only lowers, so give a factor between 0 and 1.',
  'mitigation.nothing': '“{name}” changes neither frequency nor loss. Give a factor below 1 for one of them.',
  'mitigation.cost': '“{name}” costs {cost} a year; a cost is an amount of 0 or more.',

  'indicator.amberBelow':
    '“{measure}” is better when it is higher, so amber ({amber}) must be reached before red ({red}): amber at or above red.',
  'indicator.amberAbove':
    '“{measure}” is better when it is lower, so amber ({amber}) must be reached before red ({red}): amber at or below red.',
  'indicator.factors':
    'The factors of an indicator must rise from green to red; they are {green}, {amber} and {red}.',
  'indicator.twice': '“{risk}” is watched by “{measure}” already. Change that indicator instead.',

  'incident.future': 'The incident lies in the future ({at}). Record it when it has happened.',
  'incident.resolved': 'The incident began at {at} and cannot have been resolved before, at {resolvedAt}.',
  'incident.open': 'An open incident has no time of resolution. Resolve it, or leave the time out.',
  'incident.link': 'There is no {noun:term} {id} to link the incident to.',
} as const
