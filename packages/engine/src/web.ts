/** @file Public entry for browsers: the runtime. */
export * from './runtime/web.ts'
