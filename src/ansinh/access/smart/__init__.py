"""Apps of others on a node: SMART App Launch 2 on django-oauth-toolkit.

    app ─► /oauth/uy-quyen/ (logged in, role, person, what it may) ─► code ─► /oauth/token/ (PKCE) ─► bearer token
    server ─► /oauth/token/ (private_key_jwt: signature, audience, once) ──────────────────────────► bearer token
    bearer token ─► bearer.context_of: what its user may today ∩ what was granted ─► Context ─► the store obeys

The toolkit keeps grants and tokens and speaks OAuth; which scopes there are, whom an app sees and how a server proves
itself is decided here. See docs/smart.md and docs/adr/0023-apps-on-oauth-toolkit.md.
"""
