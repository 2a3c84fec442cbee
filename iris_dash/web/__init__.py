"""The WSGI application: routes, authentication, limits, caching, and the page."""
