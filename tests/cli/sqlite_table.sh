# Tables of SQLite as sources: what of them the database computes, and everything that can
# be wrong with one; one transcript a kind in tests/cli/sqlite.
. "${srcdir:=.}/tests/lib/transcript.sh"
if "$ASSAY" list sources | grep '^sqlite ' | grep -q 'not built in'; then
    echo "1..0 # SKIP built without SQLite"
    exit 0
fi
replay_all tests/cli/sqlite S 1 12
