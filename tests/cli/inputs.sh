# Ways in: compressed data, several files, directories, partitions and pipes, each with
# what assay says of it and its exit status: one transcript each in tests/cli/inputs.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/inputs
