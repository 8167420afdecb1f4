/** @file The type that holds the second catalogue equal to the first. */
export type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> }
