# Suites of Great Expectations: what is wrong with them, what they mean, and what
# --gx-compat changes: one transcript a kind in tests/cli/gx.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/gx G 1 7
