/** @file Public entry of the package. */
export {}
