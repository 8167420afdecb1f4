/** @file The identifier in a page's address, when it has one. */
import { useParams } from '@tanstack/react-router'

export const useAddressId = (): string | undefined => (useParams({ strict: false }) as { id?: string }).id
