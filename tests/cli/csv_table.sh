# Every kind of bad CSV that people have, each with what assay says of it and its exit
# status: one transcript a kind in tests/cli/csv.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/csv C 1 31
