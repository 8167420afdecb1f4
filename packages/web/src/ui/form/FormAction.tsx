/** @file A button that opens a dialog, and has the focus again when that is closed. */
import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'

interface FormActionProps {
  label: string
  /** What it is done to, for those who do not see the row. */
  of?: string
  /** In a row of a table, where many stand below each other. */
  quiet?: boolean
  children: (close: () => void) => ReactNode
}

export function FormAction({ label, of, quiet, children }: FormActionProps) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const wasOpen = useRef(false)
  useEffect(() => {
    if (wasOpen.current && !open) button.current?.focus()
    wasOpen.current = open
  }, [open])
  return (
    <>
      <Button
        ref={button}
        size="compact-xs"
        variant={quiet ? 'subtle' : 'default'}
        aria-haspopup="dialog"
        aria-label={of ? `${label}: ${of}` : undefined}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      {open && children(() => setOpen(false))}
    </>
  )
}
