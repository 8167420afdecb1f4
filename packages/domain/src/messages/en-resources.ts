/** @file English sentences about pools, budgets, currencies and the runway. */
export const resourcesEn = {
  'pool.unit':
    'The pool “{pool}” is counted in {unit:term}; {given:term} cannot be charged to it. Give the amount in {unit:term}.',
  'pool.cashUnit': 'Cash is counted in the workspace currency, {currency}; the unit {given} does not match.',
  'pool.skillKind': 'Only a pool of people has a skill; “{pool}” is not one.',
  'pool.nobody': 'Nobody has the skill “{skill}”. Give it to a member first, or type in a capacity.',
  'pool.used': 'The pool “{pool}” cannot be removed: {users:list} need it, or the ledger names it.',
  'pool.typed':
    'The capacities of people are typed in, so that nobody’s leaving changes them. Give a pool of people the skill that it stands for.',
  'member.absent': 'The absence from {from} to {to} ends before it begins.',
  'holiday.dates': 'The holiday “{name}” ends on {to}, before it begins on {from}.',
  'date.none': '{date} is no date. Write it as 2026-03-01.',
  'currency.unknown': '{currency} is no currency. Give its ISO 4217 code, such as CNY or USD.',
  'currency.noRate':
    'There is no exchange rate from {from} to {to} on {date}. Add one, with its source, or give the amount in {to}.',
  'currency.fixed':
    'Amounts are in {currency} already. Remove the pools first, or type amounts in another currency by an exchange rate.',
  'currency.same': 'A rate from {currency} to itself is 1; it needs no entry.',
  'ledger.corrected': 'The entry {id} was taken back already.',
  'ledger.correction': 'The entry {id} takes another one back; charge anew instead.',
  'ledger.future': 'The entry lies in the future ({at}). The ledger records what was used.',
  'budget.completion.plan':
    'Too early to tell a pace: with what the plan still foresees it takes {expected} of {amount} {unit:term}.',
  'budget.completion.pace':
    'At the pace so far it takes {expected} ({low} to {high}) of {amount} {unit:term}; the chance of more is {chance:percent}.',
  'budget.completion.end': 'The plan has ended: {expected} of {amount} {unit:term} are used.',
  'whatif.unknown': 'There is no {noun:term} {id} in this allocation.',
  'whatif.same': 'The plan stays as it is.',
  'whatif.better':
    'The plan changes and gains {gain:money}: in {added:list}; out {removed:list}; moved {moved:list}.',
  'whatif.worse':
    'The plan changes and loses {loss:money}: in {added:list}; out {removed:list}; moved {moved:list}.',
  'whatif.impossible': 'Then no plan is possible. What conflicts is listed with it.',
  'whatif.nobody': 'There is no member {id}.',
  'runway.lasts': 'Cash lasts beyond {months} months in at least 95 of 100 cases.',
  'runway.median':
    'Cash runs out in month {median} in the middle case ({early} in a bad one); the chance that it lasts {months} months is {chance:percent}.',
  'runway.likely':
    'In the middle case cash lasts beyond {months} months; in a bad one it runs out in month {early}. The chance that it lasts is {chance:percent}.',
  'runway.none': 'There is no plan of cash yet. Type in the cash, and what goes out and comes in each month.',
  'runway.range': 'The range of “{field}” goes from {low} to {high}; it must not go downwards.',
  'runway.eventDate': '“{name}” on {date} lies outside the {months} months after {asOf}.',
}
