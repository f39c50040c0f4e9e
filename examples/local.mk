# Runnable examples with their data.

EXAMPLES = \
	examples/customers.csv \
	examples/embed.c \
	examples/orders.csv \
	examples/orders.yml

EXTRA_DIST += $(EXAMPLES)
