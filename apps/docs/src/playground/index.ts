console.debug('playground')
