# What `assay filter` and --quarantine write, refuse and say: transcripts in tests/cli/filter.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/filter F 1 10
