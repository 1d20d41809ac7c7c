/** The content security policy under which every page runs: in the pages themselves, and served by the tests. Nothing from elsewhere, no code made from text. */
export const policy = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
  "worker-src 'self'", "base-uri 'none'", "form-action 'none'",
].join('; ')

/** A page with the policy in front of everything that it governs. */
export const governed = (html: string): string => html.replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`)
