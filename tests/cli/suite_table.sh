# Every kind of bad suite that people write, each with what assay says of it and its
# exit status: one transcript a kind in tests/cli/suite.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/suite S 1 18
