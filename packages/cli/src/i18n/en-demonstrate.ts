/** @file English texts of `capstan demonstrate`. */
export const demonstrateEn = {
  'help.demonstrate': 'make an empty workspace into an invented start-up, and ask the tools about it',
  'help.demonstration': 'a chat-model, a vision-inspection or a speech company',
  'help.demonstrateWrite': 'write its plan as a document for “capstan import” in place of a workspace',
  'demo.written': 'Written: {file}. Import it into an empty workspace with “capstan import”.',
  'demo.solving': 'Solving the allocation, simulating the risks …',
  'demo.story.chat':
    'Moyan, seven people with 48 GPUs and a seed round, wants a Chinese chat model that people prefer. Should it train its own 7B from scratch, or stand on open weights? It may not launch before its filing, and half its corpus was bought.',
  'demo.story.vision':
    'Keen Eye inspects weld seams and wants to sell board inspection. Both products wait for the same two labellers, and a new camera made good parts fail. What comes first, and is a third labeller worth it?',
  'demo.story.speech':
    'Echo Speech has cash for a few months and a studio voice that is over its estimate. What should it stop, what pays for the rest, and until when must it raise?',
  'demo.strategy': 'Strategy',
  'demo.resources': 'Resources',
  'demo.risk': 'Risk',
  'demo.chance': 'at {latest} now, {interval} when due (80 %): the chance of {target} is {chance}',
  'demo.law': 'Scaling law of {runs} runs',
  'demo.market': 'May be won a year, 80 %',
  'demo.lineage': 'Lineage',
  'demo.runway': 'Runway',
  'demo.oneMore': 'What if there were a third labeller?',
  'demo.keep': 'What if the studio voice goes on?',
  'demo.invented':
    'The company and its figures are invented and marked as such; every answer above was worked out from them just now.',
  'demo.next': 'Look around: capstan start --workspace {folder}',
} as const
