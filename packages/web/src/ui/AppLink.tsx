/** @file A link inside the pages, by address. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface AppLinkProps {
  href: string
  children: ReactNode
  className?: string
  title?: string
  label?: string
}

export function AppLink({ href, children, className, title, label }: AppLinkProps) {
  const [path, hash] = href.split('#')
  return (
    <Link to={path as '/'} hash={hash} className={className} title={title} aria-label={label}>
      {children}
    </Link>
  )
}
