/** @file The English message templates. */
import { accessEn } from './en-access.ts'
import { measuresEn } from './en-measures.ts'
import { resourcesEn } from './en-resources.ts'
import { reviewEn } from './en-review.ts'
import { riskEn } from './en-risk.ts'
import { strategyEn } from './en-strategy.ts'
import { teamEn } from './en-team.ts'
import { transferEn } from './en-transfer.ts'

export const en = {
  'run.move': 'A run that is {from:term} cannot become {to:term}.',
  'run.ending': 'Run {run} was cancelled and is still ending. Try again in a moment.',
  'run.resume': 'The worker fell silent. The run resumes from epoch {epoch}; epochs to train again: {lost}.',
  'run.restart':
    'The worker fell silent before a checkpoint. The run starts over; epochs to train again: {epochs}.',
  'run.lost':
    'The worker fell silent on attempt {attempts}. The run is marked lost; start it again when the machine is well.',
  'run.failed': 'The run failed on attempt {attempts}. See its log for the reason, then start it again.',
  'run.deleteLive': 'Run {number} is still under way. Cancel it before you delete it.',

  'sweep.space.empty': 'A sweep needs at least one parameter to vary.',
  'sweep.space.choices': 'The choices of {name} must be one or more different values.',
  'sweep.space.bounds':
    'The range of {name} goes from {low} to {high}; it must go upwards between finite numbers.',
  'sweep.space.whole': '{name} is a whole number; its bounds and step must be, too.',
  'sweep.space.log': '{name} is on a logarithmic scale, which cannot begin at {low}.',
  'sweep.space.step': 'The step of {name} must be above 0, and a logarithmic scale has none.',
  'sweep.space.condition': '{name} depends on {parent}, which is not in the space.',
  'sweep.space.never': '{name} can never be active: {parent} takes none of the values it depends on.',
  'sweep.space.circle': 'The conditions of the parameters depend on each other in a circle.',
  'sweep.grid.continuous': '{name} is continuous. For a grid give it "points" or a "step".',
  'sweep.grid.large': 'The grid has {combinations} combinations; {most} are possible.',
  'sweep.sobol.dimensions': 'Sobol points reach {most} parameters; the space has {found}.',
  'sweep.halving.bounds': 'Successive halving needs 0 < minimum <= maximum and a factor of at least 2.',
  'sweep.halving.parameter':
    '{name} carries the resource of successive halving; it cannot be searched as well.',
  'sweep.stopping.horizon': 'Early stopping needs a horizon above 0: the step at which a run ends.',
  'sweep.budget.none': 'This method never ends by itself. Give a budget: runs, amount or hours.',
  'sweep.command.unknown':
    'The command names {name} in braces, which is not a parameter of the sweep. Braces that shall stay are doubled.',
  'sweep.train.unknown': '{name} is not a parameter of built-in training. It has: {known:list}.',
  'sweep.stop.rung': 'At step {step} it was number {rank} of {of}; one of {factor} goes on.',
  'sweep.stop.curve':
    'Its curve will end at {estimate} ({low} to {high}); the chance to beat {best} is {chance:percent}.',
  'sweep.stop.asked': 'The sweep was stopped.',
  'sweep.end.amount': 'The budget of {limit:money} does not allow another run; {amount:money} are used.',
  'sweep.end.hours': 'The budget of {limit} h does not allow another run; {hours} h are used.',
  'sweep.end.runs': 'All {limit} runs of the budget are done.',
  'sweep.end.complete': 'Every combination has been tried: {count}.',
  'sweep.end.nothing': 'No run logged a finite value of {metric}.',
  'sweep.end.failing':
    'The first {count} runs all failed; the command or the data is at fault, not the values.',
  'sweep.end.start': 'No further run could be queued: {why}',
  'sweep.ended': '{name} has ended already.',
  'sweep.noMetric': 'The run ended without a finite value of {metric}.',
  'artifact.path': 'Invalid path: {path}. An artifact has a plain relative path, such as model/weights.bin.',

  'search.unexpected': 'Unexpected “{found}” at character {position} of the search.',
  'search.missing': 'At character {position} of the search, {expected} is missing.',
  'search.open': 'The quote {quote} at character {position} is never closed.',
  'search.kind':
    'Invalid entity type “{found}”. Fields start with metrics, params, tags, attributes or datasets.',
  'search.attribute': 'Invalid attribute key “{key}”. Valid keys are: {allowed:list}.',
  'search.datasetKey': 'Invalid dataset key “{key}”. Valid keys are: {allowed:list}.',
  'search.comparator': 'Invalid comparator {comparator} for {field}. Valid are: {allowed:list}.',
  'search.number': 'Expected a numeric value for {field}. Found {found}.',
  'search.string': 'Expected a quoted string value for {field}. Found {found}.',
  'search.list': 'A list holds quoted strings, separated by commas. Found {found}.',
  'search.deep': 'The search nests deeper than {limit} brackets.',
  'search.long': 'The search is longer than {limit} characters.',
  'search.many': 'The search compares more than {limit} times.',
  'search.orders': 'A search is ordered by at most {limit} fields. Found {found}.',
  'search.twice': '`order_by` contains duplicate fields: {fields}.',

  'registry.move': 'A version in {from:term} cannot move to {to:term}.',
  'registry.gate.unchecked': 'The gate has not been checked for this version. Evaluate it first.',
  'registry.gate.notMet': 'The gate is not met: {measures:list}.',
  'registry.notApproved': 'The release is not approved yet.',
  'gate.missing': '{measure} has no value yet.',
  'gate.notMeasured': '{measure} was typed in or is a demonstration. A gate accepts measured values only.',
  'gate.pass': '{measure} is {value}, and must be {op} {limit}: met.',
  'gate.fail': '{measure} is {value}, but must be {op} {limit}.',

  'idx.compressed': '{file} is still compressed. Unpack it with gunzip first.',
  'idx.magic': '{file} is not an IDX file: it must begin with two zero bytes.',
  'idx.type': '{file} has the unknown IDX data type {type}.',
  'idx.rank': '{file} declares {rank} dimensions; 1 to 8 are possible.',
  'idx.truncated':
    '{file} is cut short: {expected} bytes are expected, {found} are there. Download it again.',
  'idx.trailing': '{file} has {extra} bytes after its data. It is not a plain IDX file.',
  'idx.notImages': '{file} does not hold byte images [count, height, width]; its shape is {shape}.',
  'idx.notLabels': '{file} does not hold byte labels [count]; its shape is {shape}.',
  'idx.counts':
    '{imagesFile} holds {images} images, but {labelsFile} holds {labels} labels. They do not belong together.',
  'idx.empty': '{file} holds no samples.',
  'dataset.leak': 'Samples of {into} that also stand in {from}: {count}. Scores on {into} would be too good.',

  'infer.body': 'The request body must be a JSON object.',
  'infer.id': 'id must be a string.',
  'infer.inputs': 'inputs must be a list of tensors, each with name, shape, datatype and data.',
  'infer.outputs': 'outputs must be a list of objects with a name.',
  'infer.unknownOutput': 'There is no output {name}. The model has: {expected:list}.',
  'infer.unknown': 'There is no input {name}. The model takes: {expected:list}.',
  'infer.missing': 'The input {name} is missing.',
  'infer.twice': 'The input {name} is given twice.',
  'infer.datatype': 'The input {name} must be {expected}, not {found}.',
  'infer.shape.bad': 'The shape of {name} must be a list of whole numbers above 0.',
  'infer.shape': 'The input {name} must have the shape {expected} (-1: any size); it has {found}.',
  'infer.batch': 'The inputs must have one batch size: {first} has {expected}, {name} has {found}.',
  'infer.tooLarge': 'The input {name} has {count} values; at most {limit} are accepted.',
  'infer.data': 'data of {name} must be a list, flat or nested.',
  'infer.nesting': 'data of {name} is nested differently from its shape {shape}.',
  'infer.count': 'The shape {shape} of {name} needs {expected} values; {found} are given.',
  'infer.value': 'Value {index} of {name} is {value}, which {datatype} cannot hold.',
  'traffic.weights': 'A traffic split needs weights of 0 or more, and at least one above 0.',

  'role.refused':
    'The role {role:term} may not do this ({action:term}). Ask someone with the role: {roles:terms}.',

  'forecast.none': 'No points yet: nothing can be said about the chance.',
  'forecast.single':
    'Known is where it stands, not how it moves (points: {count}). The chance counts only the measurement error.',
  'forecast.noError': 'Too few points, and no measurement error is stated: the chance cannot be known.',
  'forecast.history':
    'From {count} points over {days} days, {ahead} days ahead: drift and noise as measured.',
  'forecast.far':
    'From {count} points over {days} days, but {ahead} days ahead: the trend is trusted only about as long as it has been seen.',
  'forecast.past': 'The due date has passed. The chance is that of the last value on or before it.',

  'allocation.capacityLength': 'The pool “{pool}” has {found} capacities for {periods} periods.',
  'allocation.capacity': 'The pool “{pool}” has a capacity that is negative or not a number.',
  'allocation.value': 'The value of “{name}” must be in order: low ≤ mode ≤ high.',
  'allocation.chance': 'The chance of “{name}” needs alpha and beta above 0.',
  'allocation.dates': 'The start of “{name}” must be in order: 0 ≤ earliest ≤ latest.',
  'allocation.unknownPool': '“{name}” needs the pool {pool}, which does not exist.',
  'allocation.need': '“{name}” has a need of {pool} that is negative or not a number.',
  'allocation.unknownInitiative': '“{name}” refers to the initiative {other}, which does not exist.',
  'allocation.cycle': 'Prerequisites go in a circle: {names}.',
  'allocation.limits': 'lambda must lie between 0 and 1.',
  'allocation.chosen':
    'Chosen: {names:list}. Expected value {value:money}. The limit that binds most is {pool} in period {period}: a further unit ({unit:term}) would be worth {price:money}.',
  'allocation.chosenFree':
    'Chosen: {names:list}. Expected value {value:money}. In the relaxation no capacity limit binds: more capacity would gain nothing.',
  'allocation.nothing': 'No candidate is worth choosing under these limits.',
  'allocation.infeasible': 'No portfolio meets all limits.',
  'allocation.failed': 'The solver found no portfolio in its time.',
  'allocation.conflict.pool':
    '{pool} in period {period} is short by {short} {unit:term} for the mandatory initiatives.',
  'allocation.conflict.exclusion': '“{name}” and “{other}” exclude each other, but both are needed.',
  'allocation.conflict.prerequisite': '“{name}” cannot start after its prerequisite “{other}” ends.',
  'allocation.conflict.time':
    '“{name}” is mandatory, but does not fit into {periods} periods from its earliest start.',
  'allocation.reject.time': 'Does not fit into {periods} periods from its earliest start.',
  'allocation.reject.excluded': 'Excluded by “{other}”, which is chosen.',
  'allocation.reject.prerequisite': 'Needs “{other}”, which is not chosen.',
  'allocation.reject.value': 'Its expected value of {value:money} is not above 0.',
  'allocation.reject.fit':
    'Does not fit beside the chosen: {pool} in period {period} would need {need} {unit:term}, with {left} left. What is chosen brings more.',
  'allocation.reject.alone':
    'Does not fit even alone: {pool} in period {period} would need {need} {unit:term} of {capacity}.',
  'allocation.reject.risk': 'Its expected value of {value:money} does not outweigh the risk that it adds.',
  'allocation.reject.stopped':
    'The solver stopped at its limit before placing it (expected value {value:money}).',
  'allocation.reject.order': 'Cannot start in time after “{other}” ends.',
  'allocation.runnerUp':
    'It has {added:list} instead of {removed:list}, and is worth {difference:money} less.',
  'allocation.runnerUp.fewer': 'It leaves out {removed:list}, and is worth {difference:money} less.',
  'allocation.runnerUp.more': 'It adds {added:list}, and is worth {difference:money} less at this risk.',
  'allocation.runnerUp.tie': 'It has {added:list} instead of {removed:list}, and is worth as much: a tie.',

  'command.exited': '{program} ended with exit code {code:raw}. Its log says more.',
  'command.signalled': '{program} was ended by {signal}. Its log may say why.',
  'command.notFound': 'There is no program {program} where the run looked (its folder and PATH).',
  'command.notExecutable': '{program} cannot be executed: {detail}.',
  'command.noFolder': 'The folder of the command cannot be entered: {detail}.',
  'command.noCode': 'The code of the run cannot be restored: {detail}.',
  'command.outOfTime':
    '{program} was ended after its {seconds} s. Give it more time, or let it go on from a checkpoint.',
  'command.outOfMemory':
    '{program} was ended because its processes held {memory} MiB of memory; its limit is {limit} MiB.',
  'command.overAmount': '{program} was ended because it has cost the {limit:money} that it may cost.',
  'command.recovered':
    'The worker fell silent in attempt {attempt}. The command starts again and finds its checkpoint folder as it left it.',
  'command.retry':
    'Attempt {attempt} failed (exit code {code:raw}); it is tried again after {at}. Tries left: {left}.',
  'queue.approval': 'It waits for an approval, because it would break the budget of its initiative.',
  'queue.later': 'It is tried again after {at}.',
  'queue.never':
    'It needs {cores} cores, {memory} GiB and {gpus} GPUs; the machine has {hasCores} cores, {hasMemory} GiB and {hasGpus} GPUs. Ask for less, or add a machine.',
  'queue.room':
    'It needs {cores} cores, {memory} GiB and {gpus} GPUs; {hasCores} cores, {hasMemory} GiB and {hasGpus} GPUs are free now.',
  'queue.turn': 'It waits for a worker; runs before it: {before}.',
  'scaling.few': 'A scaling law needs {least} runs with a size, a token count and a loss; there are {found}.',
  'scaling.positive': 'Sizes, token counts and losses must be positive numbers.',
  'scaling.distinct':
    'A scaling law needs {least} sizes and {least} token counts; the runs have {sizes} and {counts}.',
  'scaling.together':
    'In these runs size and tokens only move together, so their effects cannot be told apart. Train some sizes on fewer and on more tokens.',
  'scaling.beyond':
    '{name} = {value} lies beyond what the runs cover ({low} to {high}); the law says nothing there. Train nearer to it first.',

  'budget.break':
    'This needs {request} {unit:term}, but only {left} of {budget} {unit:term} are left. Ask for approval, or raise the budget.',

  ...measuresEn,
  ...resourcesEn,
  ...strategyEn,
  ...reviewEn,
  ...riskEn,
  ...teamEn,
  ...transferEn,
  ...accessEn,
} as const
