import { type RehypePlugins, type RemarkPlugins, unified } from '@astrojs/markdown-remark'
import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import { code } from './site/code.ts'
import { embeds } from './site/embeds.ts'
import { layouts } from './site/layouts.ts'
import { placeInDocs } from './site/pages.ts'
import { portable } from './site/portable.ts'
import { sidebar } from './site/sidebar.ts'
import { carrySources, sourceLinks } from './site/source-links.ts'
import { tables } from './site/tables.ts'
import { textVersions } from './site/text-versions.ts'
import { trees } from './site/trees.ts'

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

// Each sees as much of the tree as it needs, which Markdown's own type for it cannot say.
const remarkPlugins = [placeInDocs, sourceLinks, code, trees, layouts, embeds] as unknown as RemarkPlugins
const rehypePlugins = [tables] as unknown as RehypePlugins

export default defineConfig({
  trailingSlash: 'always',
  markdown: { processor: unified({ remarkPlugins, rehypePlugins, smartypants: false }) },
  // The order matters: the text versions are made of the sources, and `portable` rewrites whatever all others have written.
  integrations: [
    starlight({
      title: 'Interlock',
      defaultLocale: 'root',
      locales: { root: { label: 'English', lang: 'en' }, ru: { label: 'Русский', lang: 'ru' } },
      sidebar: sidebar(),
      customCss: [
        '@fontsource-variable/golos-text/wght.css',
        './src/styles/theme.css',
        './src/styles/prose.css',
        './src/styles/demo.css',
        './src/styles/playground.css',
      ],
      components: {
        Head: './src/components/Head.astro',
        Search: './src/components/Search.astro',
        Footer: './src/components/Footer.astro',
        LanguageSelect: './src/components/LanguageSelect.astro',
        PageTitle: './src/components/PageTitle.astro',
        SiteTitle: './src/components/SiteTitle.astro',
        ThemeSelect: './src/components/ThemeSelect.astro',
      },
      favicon: '/favicon.svg',
      credits: false,
      // Of its own: it is shown at any depth, so it cannot name what lies beside it.
      disable404Route: true,
      expressiveCode: {
        themes: ['github-dark', 'github-light'],
        defaultProps: { frame: 'none' },
        styleOverrides: {
          borderRadius: '4px',
          codeFontSize: '0.84rem',
          codeBackground: 'var(--panel)',
          borderColor: 'var(--rule)',
          codeLineHeight: '1.6',
          frames: { shadowColor: 'transparent' },
        },
      },
    }),
    carrySources(),
    textVersions(),
    portable(),
  ],
  vite: {
    server: { headers: isolation },
    build: { modulePreload: false, assetsInlineLimit: 0 },
    experimental: { renderBuiltUrl: (_file, { hostType }) => (hostType === 'html' ? undefined : { relative: true }) },
    worker: { format: 'es' },
    // Astro's own copy: outside of the bundle an older one of the workspace would be found.
    ssr: { noExternal: ['cookie'] },
    environments: { prerender: { resolve: { noExternal: ['cookie'] } } },
  },
})
