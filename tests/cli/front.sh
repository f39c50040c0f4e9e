# The front of the program: what people get wrong, what outputs do, and what is said of it:
# one transcript each in tests/cli/front.
. "${srcdir:=.}/tests/lib/transcript.sh"
replay_all tests/cli/front
