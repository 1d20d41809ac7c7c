/** What the threads of `crew.browser.ts` load. */
export { serve } from 'phifold/threads'
export { partOf, ran } from './crew.ts'
