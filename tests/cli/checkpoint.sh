# Several suites over several sources in one command: each is run whatever became of the
# others, and the worst exit status counts; one transcript a kind in tests/cli/checkpoint.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/checkpoint K 1 7
