console.debug('demos')
