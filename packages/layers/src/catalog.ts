// catalogs: `layers`, `losses`, `optimizers`, `initializers`: Catalog<...> objects, each `ReadonlyMap<string, XDefinition>`
