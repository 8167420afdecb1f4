/** @file The width of an element, followed as the window changes. */
import { useElementSize } from '@mantine/hooks'

export function useSize(initial = 480): [React.RefCallback<HTMLDivElement | null>, number] {
  const { ref, width } = useElementSize<HTMLDivElement>()
  return [ref, width > 0 ? width : initial]
}
