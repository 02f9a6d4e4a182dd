"""Pages of logging in, of one's own account and of who looks after accounts.

entering   name and password, key, second step, log out, language, role acted in
recovery   asking for a one-time code, setting a password by one
outside    the outside provider: there and back
own        one's own password, sessions and second factors
factors    telephone, recovery codes, keys
accounts   the accounts of others
"""
