/** A bare key that is a command: not a shortcut of the browser, and not typed into something. */
export function isCommandKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return false
  return !(event.target as Element).closest('input, select, textarea, dialog, [contenteditable]')
}
