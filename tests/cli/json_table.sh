# Every kind of bad JSON that people have, each with what assay says of it and its exit
# status: one transcript a kind in tests/cli/json.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/json J 1 21
