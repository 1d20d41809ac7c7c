import { defineAsyncComponent } from 'vue'
import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import 'temml/dist/Temml-Local.css'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('PhifoldResults', defineAsyncComponent(() => import('../results/results-view.ts')))
    app.component('PhifoldPlayground', defineAsyncComponent(() => import('../playground/views/playground.ts')))
  },
} satisfies Theme
