import { docsSchema } from '@astrojs/starlight/schema'
import { glob } from 'astro/loaders'
import { z } from 'astro/zod'
import { defineCollection } from 'astro:content'
import { pageOf, patterns } from '../site/pages.ts'

export const collections = {
  docs: defineCollection({
    loader: glob({
      base: '../..',
      pattern: [...patterns],
      generateId: ({ entry }) => {
        const page = pageOf(entry)
        if (page === undefined) throw new Error(`${entry} has no address`)
        return page.id
      },
    }),
    schema: docsSchema({
      extend: z.object({
        /** Place in its group of the sidebar. */
        order: z.number().optional(),
        /** What it is called in asyncio. */
        asyncio: z.string().optional(),
        /** Of a translation: the fingerprint of what was translated. */
        translates: z.coerce.string().optional(),
      }),
    }),
  }),
}
