# Suites in other formats: what is written, what is told, with which exit status; one
# transcript a kind in tests/cli/convert. The law that nothing changes on the way there and
# back is tests/unit/convert_test.c.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/convert V 1 8
