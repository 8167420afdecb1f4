/** @file The lines that training prints. */

/** `Epoch [1/10], Loss: 0.1234` - epochs count from 1. */
export const epochLine = (epoch: number, epochs: number, loss: number): string =>
  `Epoch [${epoch}/${epochs}], Loss: ${loss.toFixed(4)}`

/** `Accuracy of the network on the test images: 98.1%` - accuracy as a proportion. */
export const accuracyLine = (accuracy: number): string =>
  `Accuracy of the network on the test images: ${(accuracy * 100).toFixed(1)}%`
