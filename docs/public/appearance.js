// The reader's choice of light or dark, before anything is painted; the site's own pages keep it.
{
  const chosen = localStorage.getItem('vitepress-theme-appearance')
  const dark = !chosen || chosen === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark'
  document.documentElement.classList.toggle('dark', dark)
}
