/** A heading's anchor as GitHub makes it, so that links between the pages work on both. */
export const anchorOf = (heading: string): string =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '').trim().replaceAll(' ', '-')
